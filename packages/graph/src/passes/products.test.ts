import { describe, expect, it } from 'vitest';
import {
  add,
  broadcastTo,
  concat,
  exp,
  matMul,
  pad,
  slice,
  spec,
  sum,
  transpose,
} from '../index.js';
import type { Tensor } from '../index.js';
import { applyPass } from './apply-pass.test-support.js';
import { flattenProducts } from './flatten-products.js';
import { foldTransposes } from './fold-transposes.js';
import type { Rewrite } from './rewrite.js';
import { shareWeights } from './share-weights.js';
import { splitProducts } from './split-products.js';

const specs = {
  x: spec(['T', 'B', 4]),
  y: spec(['T', 'B', 5]),
  w: spec([4, 5]),
  joined: spec([6, 5]),
  z: spec(['T', 'B', 2]),
};
type Inputs = Readonly<Record<keyof typeof specs, Tensor>>;
const lines = (pass: Rewrite, fn: (t: Inputs) => Tensor): readonly string[] =>
  applyPass(pass, specs, fn);

describe('foldTransposes', () => {
  it('turns transposes of operands into flags', () => {
    expect(lines(foldTransposes, (t) => matMul(transpose(t.x, [0, 2, 1]), t.y))).toEqual([
      '%0 = matMul(x, y) {transposeA: true}: float32[T, 4, 5]',
      '%0',
    ]);
    expect(lines(foldTransposes, (t) => matMul(t.y, transpose(t.w)))).toEqual([
      '%0 = matMul(y, w) {transposeB: true}: float32[T, B, 4]',
      '%0',
    ]);
  });

  it('turns the transpose of a product into another product', () => {
    expect(lines(foldTransposes, (t) => transpose(matMul(t.x, t.w), [0, 2, 1]))).toEqual([
      '%0 = matMul(w, x) {transposeA: true, transposeB: true}: float32[T, 5, B]',
      '%0',
    ]);
  });

  it('leaves transposes that move the batch', () => {
    const moved = lines(foldTransposes, (t) => matMul(transpose(t.x, [1, 0, 2]), t.w));
    expect(moved[0]).toContain('transpose(x)');
  });
});

describe('shareWeights', () => {
  it('multiplies with the one matrix that was repeated', () => {
    expect(lines(shareWeights, (t) => matMul(t.x, broadcastTo(t.w, ['T', 4, 5])))).toEqual([
      '%0 = matMul(x, w): float32[T, B, 5]',
      '%0',
    ]);
  });

  it('repeats the product where both were repeated', () => {
    const product = (t: Inputs): Tensor =>
      matMul(broadcastTo(t.w, ['T', 4, 5]), broadcastTo(transpose(t.w), ['T', 5, 4]));
    expect(lines(shareWeights, product).at(-2)).toContain('broadcastTo(');
  });
});

describe('flattenProducts', () => {
  const gradient = (t: Inputs): Tensor =>
    sum(matMul(t.x, t.y, { transposeA: true }), { axes: [0] });

  it('joins the rows of all tasks', () => {
    expect(lines(flattenProducts, gradient)).toContain(
      '%2 = matMul(%0, %1) {transposeA: true}: float32[4, 5]',
    );
  });

  it('splits sums to get at products', () => {
    const two = (t: Inputs): Tensor => {
      const product = matMul(t.x, t.y, { transposeA: true });
      return sum(add(product, exp(matMul(t.x, t.y, { transposeA: true }))), { axes: [0] });
    };
    expect(lines(flattenProducts, two).filter((line) => line.includes('sum('))).toHaveLength(2);
  });

  it('sums joined and padded parts one by one', () => {
    const joined = (t: Inputs): Tensor => sum(concat([t.x, t.z], -1), { axes: [0] });
    expect(lines(flattenProducts, joined).at(-2)).toContain('concat(');
    const padded = (t: Inputs): Tensor => sum(pad(t.x, -1, 0, 2), { axes: [0, 1] });
    expect(lines(flattenProducts, padded).at(-2)).toContain(
      'pad(%0) {axis: 0, before: 0, after: 2}',
    );
    const along = (t: Inputs): Tensor => sum(concat([t.x, t.z], -1), { axes: [2] });
    expect(lines(flattenProducts, along).at(-2)).toContain('sum(');
  });

  it('leaves a product that is needed task by task', () => {
    const both = (t: Inputs): Tensor => {
      const product = matMul(t.x, t.y, { transposeA: true });
      return add(sum(product, { axes: [0] }), product);
    };
    expect(lines(flattenProducts, both)).not.toContainEqual(expect.stringContaining('reshape'));
  });
});

describe('splitProducts', () => {
  it('multiplies what steps change apart from features', () => {
    const changed = (t: Inputs): Tensor => matMul(t.y, t.w, { transposeB: true });
    expect(lines(splitProducts, (t) => matMul(concat([changed(t), t.z], -1), t.joined))).toEqual([
      '%0 = matMul(y, w) {transposeB: true}: float32[T, B, 4]',
      '%1 = slice(joined) {axis: 0, start: 0, end: 4}: float32[4, 5]',
      '%2 = matMul(%0, %1): float32[T, B, 5]',
      '%3 = slice(joined) {axis: 0, start: 4, end: 6}: float32[2, 5]',
      '%4 = matMul(z, %3): float32[T, B, 5]',
      '%5 = add(%2, %4): float32[T, B, 5]',
      '%5',
    ]);
  });

  it('multiplies a part that is repeated over rows apart from features', () => {
    const repeated = (t: Inputs): Tensor => broadcastTo(slice(t.x, 1, 0, 1), ['T', 'B', 4]);
    const program = lines(splitProducts, (t) => matMul(concat([repeated(t), t.z], -1), t.joined));
    expect(program.filter((line) => line.includes('matMul('))).toHaveLength(2);
  });

  it('multiplies neighbouring features at once', () => {
    const joined = (t: Inputs): Tensor => concat([t.x, t.z], -1);
    const once = ['%0 = concat(x, z) {axis: 2}: float32[T, B, 6]'];
    expect(lines(splitProducts, (t) => matMul(joined(t), t.joined))).toEqual([
      ...once,
      '%1 = matMul(%0, joined): float32[T, B, 5]',
      '%1',
    ]);
    const between = (t: Inputs): Tensor =>
      matMul(
        concat([t.x, t.z, exp(matMul(t.x, t.w)), t.z, t.x], -1),
        concat([t.joined, t.w, slice(t.w, 0, 0, 1), t.joined], 0),
      );
    const products = lines(splitProducts, between).filter((line) => line.includes('matMul('));
    expect(products).toHaveLength(1 + 3);
  });

  it('multiplies a repeated part by itself where the result is joined', () => {
    const embedding = (t: Inputs): Tensor => broadcastTo(slice(t.z, 1, 0, 1), ['T', 'B', 2]);
    const gradient = (t: Inputs): Tensor =>
      matMul(concat([embedding(t), t.x], -1), t.y, { transposeA: true });
    expect(lines(splitProducts, gradient).at(-2)).toContain('concat(');
    const plain = (t: Inputs): Tensor => matMul(concat([t.z, t.x], -1), t.y, { transposeA: true });
    expect(lines(splitProducts, plain).at(-2)).toContain('matMul(');
  });

  it('does not multiply padding', () => {
    expect(lines(splitProducts, (t) => matMul(pad(t.z, -1, 1, 3), t.joined))[0]).toBe(
      '%0 = slice(joined) {axis: 0, start: 1, end: 3}: float32[2, 5]',
    );
    expect(lines(splitProducts, (t) => matMul(pad(t.x, 1, 1, 3), t.w)).at(-2)).toBe(
      '%1 = pad(%0) {axis: 1, before: 1, after: 3}: float32[T, B+4, 5]',
    );
  });

  it('computes only the columns that are wanted', () => {
    expect(lines(splitProducts, (t) => slice(matMul(t.x, t.w), -1, 1, 3))[0]).toBe(
      '%0 = slice(w) {axis: 1, start: 1, end: 3}: float32[4, 2]',
    );
  });
});
