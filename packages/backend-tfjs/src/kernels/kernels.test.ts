import * as g from '@limaml/graph';
import type { DType, Tensor, TensorData } from '@limaml/graph';
import { describe, it } from 'vitest';
import { BACKENDS } from '../backends.test-support.js';
import { expectAgreement } from '../close.test-support.js';

const X: Readonly<Record<DType, TensorData>> = {
  float32: { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1.5, -2, 0, 4, -5.5, 6) },
  int32: { dtype: 'int32', shape: [2, 3], data: Int32Array.of(16_777_217, -2, 0, 4, -5, 6) },
  bool: { dtype: 'bool', shape: [2, 3], data: Uint8Array.of(1, 0, 0, 1, 1, 0) },
};

/** Applied to a `[2, 3]` tensor of any type. */
const ANY_TYPE: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  reshape: (x) => g.reshape(x, [3, 1, 2]),
  transpose: (x) => g.transpose(x),
  'transpose of three axes': (x) => g.transpose(g.reshape(x, [1, 2, 3]), [2, 0, 1]),
  broadcastTo: (x) => g.broadcastTo(x, [2, 2, 3]),
  'broadcastTo in the middle': (x) => g.broadcastTo(g.reshape(x, [2, 1, 3]), [2, 4, 3]),
  concat: (x) => g.concat([x, x], 1),
  slice: (x) => g.slice(x, 1, 1, 3),
  pad: (x) => g.pad(x, 0, 1, 2),
  gather: (x) => g.gather(x, g.constant([1, 0, 1], [3], 'int32')),
  select: (x) => g.select(g.constant([1, 0, 1], [3], 'bool'), x, g.zeros([2, 3], x.dtype)),
  stopGradient: (x) => g.stopGradient(x),
  'cast to float32': (x) => g.cast(x, 'float32'),
  'cast to int32': (x) => g.cast(x, 'int32'),
  'cast to bool': (x) => g.cast(x, 'bool'),
  fill: (x) => g.concat([x, g.ones([1, 3], x.dtype)], 0),
};

/** Applied to integers. */
const INTEGERS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  neg: g.neg,
  abs: g.abs,
  sign: g.sign,
  add: (x) => g.add(x, x),
  sub: (x) => g.sub(x, g.ones([], 'int32')),
  mul: (x) => g.mul(x, g.constant([1, 2, 3], [3], 'int32')),
  maximum: (x) => g.maximum(x, g.ones([], 'int32')),
  minimum: (x) => g.minimum(x, g.ones([], 'int32')),
  sum: (x) => g.sum(x, { axes: [1] }),
  max: (x) => g.max(x, { axes: [0], keepDims: true }),
  less: (x) => g.less(g.sub(x, g.ones([], 'int32')), x),
  equal: (x) => g.equal(g.sub(x, g.ones([], 'int32')), x),
  gather: (x) => g.gather(x, g.constant([1, 1], [2], 'int32')),
};

/** Numbers where careless formulas overflow, lose all digits or forget a sign. */
const EDGES: Readonly<Record<string, readonly [(x: Tensor) => Tensor, readonly number[]]>> = {
  sigmoid: [g.sigmoid, [-200, -88, 0, 88, 200]],
  softplus: [g.softplus, [-200, -20, 0, 20, 200]],
  tanh: [g.tanh, [-50, 0, 50]],
  softmax: [g.softmax, [1000, 999, -1000]],
  sign: [g.sign, [-3, 0, 3]],
  relu: [g.relu, [-1, 0, 1]],
  'cast to int32': [(x) => g.cast(x, 'int32'), [-1.9, -0.5, 0.5, 1.9]],
  'cast to bool': [(x) => g.cast(x, 'bool'), [-0.5, 0, 0.5, 2]],
};

function run(op: (x: Tensor) => Tensor, x: TensorData): readonly [g.Program, g.TensorMap] {
  return [g.trace({ x: g.spec(x.shape, x.dtype) }, (t) => ({ y: op(t.x) })), { x }];
}

function floats(values: readonly number[]): TensorData {
  return { dtype: 'float32', shape: [values.length], data: Float32Array.from(values) };
}

describe.each(BACKENDS)('kernels on $title', ({ executor }) => {
  for (const dtype of ['float32', 'int32', 'bool'] as const) {
    it.skipIf(!executor).each(Object.entries(ANY_TYPE))(`%s of ${dtype}`, async (_, op) => {
      await expectAgreement(executor!, ...run(op, X[dtype]));
    });
  }

  it.skipIf(!executor).each(Object.entries(INTEGERS))('%s of integers', async (_, op) => {
    await expectAgreement(executor!, ...run(op, X.int32));
  });

  it.skipIf(!executor).each(Object.entries(EDGES))('%s at its edges', async (_, [op, values]) => {
    await expectAgreement(executor!, ...run(op, floats(values)));
  });

  it.skipIf(!executor)('the sum of nothing is 0, the product too', async () => {
    const program = g.trace({ x: g.spec(['T', 'S']) }, ({ x }) => ({
      total: g.sum(x),
      rows: g.sum(x, { axes: [1] }),
      product: g.matMul(x, x, { transposeB: true }),
      padded: g.pad(x, 1, 1, 1),
      joined: g.concat([x, g.ones(['T', 2]), x], 1),
    }));
    const x: TensorData = { dtype: 'float32', shape: [2, 0], data: new Float32Array(0) };
    await expectAgreement(executor!, program, { x });
  });

  it.skipIf(!executor)('matrices repeat over some of the batch dimensions', async () => {
    const program = g.trace(
      { a: g.spec([2, 1, 3, 4]), b: g.spec([1, 5, 4, 2]), c: g.spec([2, 5, 4, 2]) },
      ({ a, b, c }) => ({ ab: g.matMul(a, b), ac: g.matMul(a, c) }),
    );
    const varied = (shape: readonly number[]): TensorData => {
      const length = shape.reduce((product, size) => product * size, 1);
      return {
        dtype: 'float32',
        shape,
        data: Float32Array.from({ length }, (_, i) => Math.sin(i)),
      };
    };
    const feeds = {
      a: varied([2, 1, 3, 4]),
      b: varied([1, 5, 4, 2]),
      c: varied([2, 5, 4, 2]),
    };
    await expectAgreement(executor!, program, feeds);
  });
});
