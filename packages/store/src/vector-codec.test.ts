import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EmbeddingDtype } from '@limaml/plugin';
import { halfToSingle, singleToHalf } from './half-precision.js';
import { VECTOR_CODECS } from './vector-codec.js';

function pass(dtype: EmbeddingDtype, vector: Float32Array): Float32Array {
  const into = new Float32Array(vector.length + 2).fill(7);
  const codec = VECTOR_CODECS[dtype];
  const bytes = codec.encode(vector);
  expect(bytes.length).toBe(codec.bytesOf(vector.length));
  codec.decode(bytes, into, 1, vector.length);
  expect([into[0], into.at(-1)]).toEqual([7, 7]);
  return into.slice(1, -1);
}

const vectors = (limit: number) =>
  fc.float32Array({ min: -limit, max: limit, noNaN: true, minLength: 1, maxLength: 40 });
const halves = (count: number): number[] => Array.from({ length: count }, (_, half) => half);
const examples = { seed: 11, numRuns: 300 };

describe('half precision', () => {
  it('gives back every number of half precision', () => {
    const changed = halves(0x10000).filter((half) => {
      const value = halfToSingle(half);
      const again = singleToHalf(value);
      return Number.isNaN(value) ? !Number.isNaN(halfToSingle(again)) : again !== half;
    });
    expect(changed).toEqual([]);
  });

  it('rounds to the nearest, and to even between two', () => {
    const wrong = halves(0x7bff).filter((half) => {
      const [below, above] = [halfToSingle(half), halfToSingle(half + 1)];
      const [middle, little] = [(below + above) / 2, (above - below) / 64];
      const toEven = singleToHalf(middle) === (half % 2 === 0 ? half : half + 1);
      const down = singleToHalf(middle - little) === half;
      return !toEven || !down || singleToHalf(-middle - little) !== (0x8000 | (half + 1));
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [65_519, 0x7bff],
    [65_520, 0x7c00],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [-0, 0x8000],
  ])('writes %d as is standard', (value, half) => {
    expect(singleToHalf(value)).toBe(half);
  });
});

describe('vector codecs', () => {
  it('float32 keeps every bit', () => {
    const check = (vector: Float32Array) => {
      expect(pass('float32', vector)).toEqual(vector);
    };
    fc.assert(fc.property(vectors(VECTOR_CODECS.float32.limit), check), examples);
  });

  it('float16 keeps a relative 2⁻¹¹', () => {
    const check = (vector: Float32Array) => {
      pass('float16', vector).forEach((value, at) => {
        const bound = Math.max(Math.abs(vector[at]!) * 2 ** -11, 2 ** -25);
        expect(Math.abs(value - vector[at]!)).toBeLessThanOrEqual(bound);
      });
    };
    fc.assert(fc.property(vectors(VECTOR_CODECS.float16.limit), check), examples);
  });

  it('int8 keeps half a scale, of 1/127 of the greatest number', () => {
    const check = (vector: Float32Array) => {
      const scale = new DataView(VECTOR_CODECS.int8.encode(vector).buffer).getFloat32(0, true);
      const greatest = Math.max(...vector.map(Math.abs));
      if (greatest > 1e-30) expect(scale / (greatest / 127)).toBeCloseTo(1, 4);
      pass('int8', vector).forEach((value, at) => {
        expect(Math.abs(value - vector[at]!)).toBeLessThanOrEqual(scale / 2);
      });
    };
    fc.assert(fc.property(vectors(VECTOR_CODECS.int8.limit), check), examples);
  });

  it.each(['float16', 'int8'] as const)('%s changes nothing the second time', (dtype) => {
    const check = (vector: Float32Array) => {
      const once = pass(dtype, vector);
      expect(pass(dtype, once)).toEqual(once);
    };
    fc.assert(fc.property(vectors(VECTOR_CODECS[dtype].limit), check), examples);
  });

  it('takes 32 numbers in 128, 64 and 36 bytes', () => {
    const bytes = Object.values(VECTOR_CODECS).map((codec) => codec.bytesOf(32));
    expect(bytes).toEqual([128, 64, 36]);
  });
});
