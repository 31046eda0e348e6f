import { describe, expect, it } from 'vitest';
import {
  add,
  broadcastTo,
  cast,
  constant,
  exp,
  fill,
  matMul,
  mul,
  reshape,
  spec,
  sum,
  transpose,
} from '../index.js';
import { applyPass } from './apply-pass.test-support.js';
import { foldConstants, foldSplats, foldZeros } from './fold-constants.js';
import { firstOf } from './rewrite.js';

const x = spec(['T', 2]);

describe('foldSplats', () => {
  it('computes with repeated numbers in double precision', () => {
    const lines = applyPass(foldSplats, {}, () => exp(mul(fill(['T', 2], 0.1), 3)));
    expect(lines).toEqual([`%0 = fill() {value: ${Math.exp(0.1 * 3)}}: float32[T, 2]`, '%0']);
  });

  it('sees through movements and conversions', () => {
    const movement = () => reshape(transpose(broadcastTo(fill([3], 2), ['T', 3])), ['3*T']);
    expect(applyPass(foldSplats, {}, movement)).toEqual([
      '%0 = fill() {value: 2}: float32[3*T]',
      '%0',
    ]);
    const conversion = () => cast(fill([3], 2.7), 'int32');
    expect(applyPass(firstOf(foldSplats, foldConstants), {}, conversion)).toEqual([
      '%0 = fill() {value: 2}: int32[3]',
      '%0',
    ]);
  });

  it('leaves what depends on an input', () => {
    const lines = applyPass(foldSplats, { x }, (t) => add(t.x, 1));
    expect(lines).toHaveLength(3);
  });
});

describe('foldZeros', () => {
  it('makes zeros of a product with zeros', () => {
    const lines = applyPass(foldZeros, { x }, (t) => matMul(t.x, fill([2, 5], 0)));
    expect(lines).toEqual(['%0 = fill() {value: 0}: float32[T, 5]', '%0']);
  });
});

describe('foldConstants', () => {
  it('computes small results of constants', () => {
    const lines = applyPass(foldConstants, {}, () => sum(constant([1, 2, 4])));
    expect(lines).toEqual(['%0 = fill() {value: 7}: float32[]', '%0']);
    expect(applyPass(foldConstants, {}, () => transpose(constant([1, 2], [1, 2])))).toEqual([
      '%0 = constant() {data: …}: float32[2, 1]',
      '%0',
    ]);
  });

  it('does not blow constants up', () => {
    const lines = applyPass(foldConstants, {}, () => broadcastTo(constant([1, 2]), [4096, 2]));
    expect(lines).toHaveLength(3);
  });
});
