import { expect, it } from 'vitest';
import { broadcastTo, mul, neg, spec, sum } from '../index.js';
import { applyPass } from './apply-pass.test-support.js';
import { simplifySum } from './simplify-sum.js';

const specs = { x: spec(['T', 3]), one: spec(['T', 1]) };

it('sums numbers last', () => {
  expect(applyPass(simplifySum, specs, (t) => sum(mul(t.x, 0.5)))).toEqual([
    '%0 = sum(x) {axes: [0,1]}: float32[]',
    '%1 = fill() {value: 0.5}: float32[]',
    '%2 = mul(%0, %1): float32[]',
    '%2',
  ]);
  expect(applyPass(simplifySum, specs, (t) => sum(neg(t.x))).at(-2)).toContain('neg(');
});

it('multiplies last with what is the same along the summed axes', () => {
  expect(applyPass(simplifySum, specs, (t) => sum(mul(t.x, t.one), { axes: [1] }))).toEqual([
    '%0 = sum(x) {axes: [1], keepDims: true}: float32[T, 1]',
    '%1 = mul(%0, one): float32[T, 1]',
    '%2 = reshape(%1): float32[T]',
    '%2',
  ]);
  expect(applyPass(simplifySum, specs, (t) => sum(mul(t.x, t.one), { axes: [0] }))[0]).toBe(
    '%0 = mul(x, one): float32[T, 3]',
  );
});

it('does not sum axes of size 1', () => {
  expect(applyPass(simplifySum, specs, (t) => sum(t.one, { axes: [1] }))).toEqual([
    '%0 = reshape(one): float32[T]',
    '%0',
  ]);
});

it('merges sums of sums', () => {
  const lines = applyPass(simplifySum, specs, (t) => sum(sum(t.x, { axes: [0] }), { axes: [0] }));
  expect(lines).toEqual(['%0 = sum(x) {axes: [0,1]}: float32[]', '%0']);
});

it('multiplies instead of summing equal values, also by a size known at run time only', () => {
  const lines = applyPass(simplifySum, specs, (t) =>
    sum(broadcastTo(t.x, ['B', 'T', 3]), { axes: [0] }),
  );
  expect(lines).toContain('%2 = dimSize() {dim: "B"}: float32[]');
});
