import { describe, expect, it } from 'vitest';
import { add, concat, exp, matMul, mul, neg, pad, spec, sub, trace } from '../index.js';
import type { Tensor } from '../index.js';
import { linesOf } from './apply-pass.test-support.js';
import { gatherSums } from './gather-sums.js';

const specs = {
  x: spec(['T', 20, 8]),
  y: spec(['T', 20, 8]),
  g: spec(['T', 20, 5]),
  h: spec(['T', 20, 5]),
  row: spec(['T', 1, 5]),
  bias: spec([5]),
};
type Inputs = Readonly<Record<keyof typeof specs, Tensor>>;
const lines = (fn: (t: Inputs) => Tensor): readonly string[] =>
  linesOf(gatherSums(trace(specs, (t) => ({ y: fn(t) }))));
const outer = (a: Tensor, b: Tensor): Tensor => matMul(a, b, { transposeA: true });

describe('gatherSums', () => {
  it('multiplies a sum instead of summing products', () => {
    expect(lines((t) => sub(outer(t.x, t.g), neg(outer(t.x, t.h))))).toEqual([
      '%0 = add(g, h): float32[T, 20, 5]',
      '%1 = matMul(x, %0) {transposeA: true}: float32[T, 8, 5]',
      '%1',
    ]);
    expect(lines((t) => sub(outer(t.x, t.g), outer(t.y, t.g)))).toEqual([
      '%0 = sub(x, y): float32[T, 20, 8]',
      '%1 = matMul(%0, g) {transposeA: true}: float32[T, 8, 5]',
      '%1',
    ]);
    expect(lines((t) => add(mul(t.x, t.y), mul(t.y, exp(t.x)))).at(-2)).toBe(
      '%2 = mul(%1, y): float32[T, 20, 8]',
    );
  });

  it('sees through other terms in between', () => {
    const sum = (t: Inputs): Tensor =>
      add(add(outer(t.x, t.g), outer(t.y, t.h)), sub(outer(t.y, t.g), outer(t.x, t.h)));
    expect(lines(sum).filter((line) => line.includes('matMul'))).toHaveLength(2);
  });

  it('keeps a product that something else needs', () => {
    const shared = (t: Inputs): Tensor => {
      const product = outer(t.x, t.g);
      return concat([add(product, outer(t.x, t.h)), product], 1);
    };
    expect(lines(shared).filter((line) => line.includes('matMul'))).toHaveLength(2);
  });

  it('adds joined and padded tensors part by part', () => {
    const parts = (t: Inputs): Tensor =>
      sub(concat([t.x, t.g], -1), add(concat([t.y, t.h], -1), pad(exp(t.x), -1, 0, 5)));
    expect(lines(parts)).toEqual([
      '%0 = sub(x, y): float32[T, 20, 8]',
      '%1 = exp(x): float32[T, 20, 8]',
      '%2 = sub(%0, %1): float32[T, 20, 8]',
      '%3 = sub(g, h): float32[T, 20, 5]',
      '%4 = concat(%2, %3) {axis: 2}: float32[T, 20, 13]',
      '%4',
    ]);
    expect(lines((t) => add(pad(t.g, -1, 3, 0), pad(t.h, -1, 3, 0))).at(-2)).toBe(
      '%1 = pad(%0) {axis: 2, before: 3, after: 0}: float32[T, 20, 8]',
    );
  });

  it('adds small terms to each other before they are repeated', () => {
    expect(lines((t) => add(add(exp(t.g), t.row), t.bias))).toEqual([
      '%0 = exp(g): float32[T, 20, 5]',
      '%1 = add(row, bias): float32[T, 1, 5]',
      '%2 = add(%0, %1): float32[T, 20, 5]',
      '%2',
    ]);
  });

  it('leaves a sum that has nothing to gain', () => {
    const program = trace(specs, (t) => ({ y: sub(add(t.x, exp(t.y)), mul(t.x, 2)) }));
    expect(gatherSums(program).outputs.y).toBe(program.outputs.y);
  });
});
