import { describe, expect, it } from 'vitest';
import { add, broadcastTo, expandDims, matMul, mul, reshape, spec, sum } from '../index.js';
import type { Tensor } from '../index.js';
import { applyPass } from './apply-pass.test-support.js';
import { poolProducts } from './pooled-products.js';
import { reassociateProducts } from './reassociate.js';
import { multiplyRepeatedRows } from './repeated-rows.js';
import type { Rewrite } from './rewrite.js';

const specs = {
  x: spec([3, 20, 8]),
  g: spec([3, 20, 5]),
  w: spec([8, 5]),
  e: spec([3, 1, 8]),
  column: spec([3, 20, 1]),
};
type Inputs = Readonly<Record<keyof typeof specs, Tensor>>;
const lines = (pass: Rewrite, fn: (t: Inputs) => Tensor): readonly string[] =>
  applyPass(pass, specs, fn);

describe('multiplyRepeatedRows', () => {
  const rows = (t: Inputs): Tensor => broadcastTo(t.e, [3, 20, 8]);

  it('multiplies a repeated row once', () => {
    expect(lines(multiplyRepeatedRows, (t) => matMul(rows(t), t.w))).toEqual([
      '%0 = matMul(e, w): float32[3, 1, 5]',
      '%1 = broadcastTo(%0): float32[3, 20, 5]',
      '%1',
    ]);
    expect(
      lines(multiplyRepeatedRows, (t) =>
        matMul(t.w, rows(t), { transposeA: true, transposeB: true }),
      )[0],
    ).toBe('%0 = matMul(w, e) {transposeA: true, transposeB: true}: float32[3, 5, 1]');
  });

  it('sums the other operand where the product runs over the repetition', () => {
    expect(lines(multiplyRepeatedRows, (t) => matMul(rows(t), t.g, { transposeA: true }))).toEqual([
      '%0 = sum(g) {axes: [1], keepDims: true}: float32[3, 1, 5]',
      '%1 = matMul(e, %0) {transposeA: true}: float32[3, 8, 5]',
      '%1',
    ]);
    expect(lines(multiplyRepeatedRows, (t) => matMul(t.g, rows(t), { transposeA: true }))).toEqual([
      '%0 = sum(g) {axes: [1], keepDims: true}: float32[3, 1, 5]',
      '%1 = matMul(%0, e) {transposeA: true}: float32[3, 5, 8]',
      '%1',
    ]);
  });

  it('leaves what is repeated over tasks to the pass that shares weights', () => {
    const shared = lines(multiplyRepeatedRows, (t) => matMul(t.x, broadcastTo(t.w, [3, 8, 5])));
    expect(shared.at(-2)).toContain('matMul(x, %0)');
  });
});

describe('poolProducts', () => {
  it('writes a weighted sum of the rows of a product as a product', () => {
    expect(
      lines(poolProducts, (t) => sum(mul(matMul(t.x, t.w), t.column), { axes: [1] })),
    ).toContain('%1 = matMul(column, %0) {transposeA: true}: float32[3, 1, 5]');
  });

  it('leaves a weighted sum of anything else', () => {
    const plain = lines(poolProducts, (t) => sum(mul(t.x, t.column), { axes: [1] }));
    expect(plain.at(-2)).toContain('sum(');
  });

  it('weights the terms of a sum one by one', () => {
    const pooled = lines(poolProducts, (t) =>
      matMul(t.column, add(matMul(t.x, t.w), matMul(t.e, t.w)), { transposeA: true }),
    );
    expect(pooled.filter((line) => line.includes('matMul(column'))).toHaveLength(2);
    expect(pooled.at(-2)).toContain('add(');
  });

  it('writes a column times a row as a product, and sums of rows in one way', () => {
    expect(lines(poolProducts, (t) => mul(t.e, t.column))).toEqual([
      '%0 = matMul(column, e): float32[3, 20, 8]',
      '%0',
    ]);
    expect(lines(poolProducts, (t) => matMul(t.x, t.column, { transposeA: true }))[0]).toBe(
      '%0 = matMul(column, x) {transposeA: true}: float32[3, 1, 8]',
    );
    const gemv = lines(poolProducts, (t) => matMul(t.x, reshape(t.e, [3, 8, 1])));
    expect(gemv.at(-2)).toContain('matMul(x, ');
  });
});

describe('reassociateProducts', () => {
  it('multiplies with the thin matrix first', () => {
    expect(
      lines(reassociateProducts, (t) => matMul(t.column, matMul(t.x, t.w), { transposeA: true })),
    ).toEqual([
      '%0 = matMul(column, x) {transposeA: true}: float32[3, 1, 8]',
      '%1 = matMul(%0, w): float32[3, 1, 5]',
      '%1',
    ]);
    expect(lines(reassociateProducts, (t) => matMul(matMul(t.column, t.e), t.w))).toEqual([
      '%0 = matMul(e, w): float32[3, 1, 5]',
      '%1 = matMul(column, %0): float32[3, 20, 5]',
      '%1',
    ]);
  });

  it('reads transposed products the other way round', () => {
    const transposed = (t: Inputs): Tensor =>
      matMul(matMul(t.w, t.x, { transposeA: true, transposeB: true }), t.column);
    expect(lines(reassociateProducts, transposed)).toEqual([
      '%0 = matMul(x, column) {transposeA: true}: float32[3, 8, 1]',
      '%1 = matMul(w, %0) {transposeA: true}: float32[3, 5, 1]',
      '%1',
    ]);
  });

  it('leaves a product that exists anyway, unless even then the other order is cheaper', () => {
    const shared = (t: Inputs): Tensor => {
      const product = matMul(t.x, t.w);
      return add(
        matMul(
          expandDims(sum(t.column, { axes: [1] }), 1),
          sum(product, { axes: [1], keepDims: true }),
        ),
        sum(matMul(t.column, product, { transposeA: true }), { axes: [1], keepDims: true }),
      );
    };
    expect(lines(reassociateProducts, shared)).toContainEqual(
      expect.stringContaining('matMul(column, %'),
    );
  });

  it('leaves sizes that are not known', () => {
    const symbolic = { a: spec(['B', 'A']), b: spec(['B', 'C']), c: spec(['C', 'D']) };
    expect(
      applyPass(reassociateProducts, symbolic, ({ a, b, c }) =>
        matMul(a, matMul(b, c), { transposeA: true }),
      )[0],
    ).toContain('matMul(b, c)');
  });
});
