import { decodeTensors, encodeTensors } from '@limaml/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cases, PATIENCE } from './budget.ts';
import { damage, edits } from './damage.ts';
import { damageJson, jsonEdits } from './damage-json.ts';
import { outcomes } from './outcomes.ts';

const file = encodeTensors(
  {
    'row.salary': { dtype: 'float32', shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    'row.job': { dtype: 'int32', shape: [3], data: Int32Array.of(2, 3, 4) },
  },
  { fingerprint: 'abc' },
);

/** The file without its checksum, which hardly any damage passes. */
const bare = withHeader((header) => ({ ...header, __metadata__: {} }));

function withHeader(change: (header: Record<string, unknown>) => unknown): Uint8Array {
  const length = Number(Buffer.from(file).readBigUInt64LE(0));
  const header = JSON.parse(Buffer.from(file.subarray(8, 8 + length)).toString()) as object;
  const text = Buffer.from(JSON.stringify(change({ ...header })));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, file.subarray(8 + length)]);
}

it('tensor files: damaged bytes are read or refused', { timeout: PATIENCE }, async () => {
  const seen = outcomes();
  const property = fc.asyncProperty(fc.constantFrom(file, bare), edits, async (whole, changes) => {
    await seen.try(() => decodeTensors(damage(whole, changes)));
  });
  await fc.assert(property, cases(3000));
  seen.expectBoth();
});

it('tensor files: damaged headers are read or refused', { timeout: PATIENCE }, async () => {
  const seen = outcomes();
  const property = fc.asyncProperty(jsonEdits, async (changes) => {
    const bytes = withHeader((header) => damageJson({ ...header, __metadata__: {} }, changes));
    await seen.try(() => {
      const { tensors } = decodeTensors(bytes);
      const total = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
      expect(total).toBeLessThanOrEqual(bytes.length);
    });
  });
  await fc.assert(property, cases(2000));
  seen.expectBoth();
});
