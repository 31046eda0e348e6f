import { expect, it } from 'vitest';
import { jsonDepth } from './json-depth.js';

it('counts levels, not what stands in strings', () => {
  expect(jsonDepth('7')).toBe(0);
  expect(jsonDepth('{"a":[1,{"b":2}],"c":[[]]}')).toBe(3);
  expect(jsonDepth(String.raw`{"[[[\"[[\\":["]]","["]}`)).toBe(2);
});

it('takes texts that no parser comes to the end of', () => {
  expect(jsonDepth('['.repeat(1_000_000))).toBe(1_000_000);
  expect(jsonDepth(String.raw`"\"`.repeat(100_000))).toBe(0);
});
