import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { fingerprintOf } from './index.js';

it('is the SHA-256 of the JSON with sorted keys, at every depth', () => {
  const text = '{"a":[{"c":2,"d":1}],"b":null}';
  const sha256 = createHash('sha256').update(text).digest('hex');
  expect(fingerprintOf({ b: null, a: [{ d: 1, c: 2 }] })).toBe(sha256);
  expect(fingerprintOf({ a: [{ c: 2, d: 1 }], b: null, left: undefined })).toBe(sha256);
});

it('tells other values and other orders of a list apart', () => {
  const values = [{ a: 1 }, { a: '1' }, { a: [1, 2] }, { a: [2, 1] }, [], {}, null, 'a'];
  expect(new Set(values.map(fingerprintOf)).size).toBe(values.length);
});
