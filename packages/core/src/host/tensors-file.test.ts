import type { TensorMap } from '@limaml/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTensors } from './decode-tensors.js';
import { encodeTensors } from './encode-tensors.js';

const tensors: TensorMap = {
  'meta/kernel': { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1.5, -2, NaN, -0) },
  ids: { dtype: 'int32', shape: [2], data: Int32Array.of(-7, 2 ** 31 - 1) },
  flags: { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) },
  scalar: { dtype: 'float32', shape: [], data: Float32Array.of(3) },
  empty: { dtype: 'float32', shape: [0, 4], data: new Float32Array(0) },
};
const bytes = encodeTensors(tensors, { step: '12' });

/** A file with a header of our choice and `size` bytes of data. */
function fileWith(header: unknown, size: number): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const file = new Uint8Array(8 + json.length + size);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  return file;
}

const float = (begin: number, end: number, shape = [(end - begin) / 4]): object => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

describe('encodeTensors and decodeTensors', () => {
  it('are inverse, bit for bit', () => {
    expect(decodeTensors(bytes)).toEqual({ tensors, metadata: { step: '12' } });
    expect(encodeTensors(decodeTensors(bytes).tensors, { step: '12' })).toEqual(bytes);
  });

  it('read what lies inside a larger buffer, and keep nothing of it', () => {
    const file = Buffer.concat([Buffer.from([1, 2, 3]), bytes]).subarray(3);
    const { tensors: read } = decodeTensors(file);
    file.fill(0);
    expect(read).toEqual(tensors);
  });

  it('lay files out as safetensors does', () => {
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as object;
    expect(header).toMatchObject({
      __metadata__: { step: '12' },
      'meta/kernel': { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
      ids: { dtype: 'I32', shape: [2], data_offsets: [16, 24] },
      flags: { dtype: 'BOOL', shape: [3], data_offsets: [24, 27] },
    });
  });

  it('read files that have neither metadata nor checksum', () => {
    const { tensors: read, metadata } = decodeTensors(
      fileWith({ b: float(4, 8), a: float(0, 4) }, 8),
    );
    expect(Object.keys(read)).toEqual(['b', 'a']);
    expect(metadata).toEqual({});
  });
});

describe('damage', () => {
  it('of any kind gives a coded error: every truncation', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeTensors(bytes.subarray(0, length))).toThrow(
        /LIMAML_ERR_CORE_PARAMETERS_(TRUNCATED|CORRUPT)/,
      );
    }
  });

  it('of any kind gives a coded error: every flipped byte of data', () => {
    const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    for (let at = start; at < bytes.length; at++) {
      const flipped = bytes.with(at, bytes[at]! ^ 0x10);
      expect(() => decodeTensors(flipped)).toThrow(/LIMAML_ERR_CORE_PARAMETERS_CORRUPT.*checksum/);
    }
  });

  it('never gives any other error: random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => {
        expect(() => decodeTensors(noise)).toThrow(/LIMAML_ERR_CORE_PARAMETERS_/);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it.each([
    ['an overlap', { a: float(0, 8), b: float(4, 12) }, 12, /overlaps/],
    ['a gap', { a: float(0, 4), b: float(8, 12) }, 12, /gap/],
    ['bytes left over', { a: float(0, 4) }, 12, /belong to no tensor/],
    ['a shape that does not fit', { a: float(0, 8, [3]) }, 8, /do not fit/],
    ['negative offsets', { a: float(-4, 0, [1]) }, 4, /malformed/],
    ['a size that is no whole number', { a: float(0, 4, [0.5]) }, 4, /malformed/],
    ['an unknown type', { a: { ...float(0, 4), dtype: 'F64' } }, 4, /F64/],
    ['a header that is no JSON', '{"a":', 0, /not JSON/],
    ['a header that is a list', [], 0, /not a JSON object/],
    ['metadata that are no strings', { __metadata__: { step: 1 } }, 0, /metadata/],
  ])('%s is corrupt', (_, header, size, message) => {
    expect(() => decodeTensors(fileWith(header, size))).toThrow(message);
    expect(() => decodeTensors(fileWith(header, size))).toThrow(
      'LIMAML_ERR_CORE_PARAMETERS_CORRUPT',
    );
  });

  it('an end before the last tensor is truncation', () => {
    expect(() => decodeTensors(fileWith({ a: float(0, 8) }, 4))).toThrow(
      'LIMAML_ERR_CORE_PARAMETERS_TRUNCATED',
    );
  });

  it('an impossible header length is corrupt', () => {
    const file = new Uint8Array(16).fill(255);
    expect(() => decodeTensors(file)).toThrow('LIMAML_ERR_CORE_PARAMETERS_CORRUPT');
  });
});
