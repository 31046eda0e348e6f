import { addDims, subtractDims } from '../dim.js';
import type { Dim } from '../dim.js';
import { div, equal, greater, greaterEqual, lessEqual, mul, select, sub } from '../ops/binary.js';
import { broadcastTo, pad, reshape, slice, transpose } from '../ops/movement.js';
import { gather, matMul, scatterAdd, sum } from '../ops/products.js';
import { cast, neg, sigmoid, sign } from '../ops/unary.js';
import type { Primitive } from '../primitives.js';
import type { Tensor } from '../tensor.js';
import { unbroadcast } from './unbroadcast.js';

/** One thunk per input; none where there is nothing to differentiate (indices, conditions). */
type InputGradients = readonly ((() => Tensor) | undefined)[];

/**
 * The vector-Jacobian product of a primitive: for the gradient with respect to the result, one
 * thunk per input that gives the gradient with respect to that input. An empty list means that the
 * derivative is zero everywhere it exists. Thunks, so that only gradients on a path are built.
 */
export type VjpRule<P extends Primitive> = (result: Tensor<P>, gradient: Tensor) => InputGradients;

const noGradient = (): [] => [];

/** Vector-Jacobian products, exhaustive over the primitives, written with primitives that have them too. */
export const VJP_RULES: { readonly [P in Primitive]: VjpRule<P> } = {
  input: noGradient,
  fill: noGradient,
  constant: noGradient,
  dimSize: noGradient,
  neg: (_, g) => [() => neg(g)],
  exp: (y, g) => [() => mul(g, y)],
  log: ({ inputs: [x] }, g) => [() => div(g, x!)],
  sqrt: (y, g) => [() => mul(0.5, div(g, y))],
  tanh: (y, g) => [() => mul(g, sub(1, mul(y, y)))],
  sigmoid: (y, g) => [() => mul(g, mul(y, sub(1, y)))],
  softplus: ({ inputs: [x] }, g) => [() => mul(g, sigmoid(x!))],
  relu: ({ inputs: [x] }, g) => [() => mul(g, asMask(greater(x!, 0)))],
  abs: ({ inputs: [x] }, g) => [() => mul(g, sign(x!))],
  sign: noGradient,
  logicalNot: noGradient,
  cast: ({ attrs: { dtype } }, g) => (dtype === 'float32' ? [() => g] : []),
  stopGradient: noGradient,
  add: (result, g) => result.inputs.map((input) => () => unbroadcast(g, input.shape)),
  sub: (result, g) =>
    onBoth(
      result,
      () => g,
      () => neg(g),
    ),
  mul: (result, g) =>
    onBoth(
      result,
      (_, b) => mul(g, b),
      (a) => mul(g, a),
    ),
  div: (result, g) =>
    onBoth(
      result,
      (_, b) => div(g, b),
      (_, b) => neg(div(mul(g, result), b)),
    ),
  maximum: (result, g) => choice(result, g, greaterEqual),
  minimum: (result, g) => choice(result, g, lessEqual),
  less: noGradient,
  lessEqual: noGradient,
  greater: noGradient,
  greaterEqual: noGradient,
  equal: noGradient,
  logicalAnd: noGradient,
  logicalOr: noGradient,
  select: selectVjp,
  matMul: matMulVjp,
  sum: (result, g) => [() => spread(g, result)],
  max: maxVjp,
  softmax: (y, g) => [
    () => mul(y, sub(g, sum(mul(g, y), { axes: [y.attrs.axis], keepDims: true }))),
  ],
  reshape: ({ inputs: [x] }, g) => [() => reshape(g, x!.shape)],
  transpose: ({ attrs: { perm } }, g) => [() => transpose(g, inverse(perm))],
  broadcastTo: ({ inputs: [x] }, g) => [() => unbroadcast(g, x!.shape)],
  concat: concatVjp,
  slice: ({ inputs: [x], attrs: { axis, start, end } }, g) => [
    () => pad(g, axis, start, subtractDims(x!.shape[axis]!, end)),
  ],
  pad: ({ inputs: [x], attrs: { axis, before } }, g) => [
    () => slice(g, axis, before, addDims(before, x!.shape[axis]!)),
  ],
  gather: ({ inputs: [table, indices] }, g) => [() => scatterAdd(indices!, g, table!.shape[0]!)],
  scatterAdd: ({ inputs: [indices] }, g) => [undefined, () => gather(g, indices!)],
};

/** Combines the two inputs of a primitive. */
type OfBothInputs = (a: Tensor, b: Tensor) => Tensor;

/** Gradients of a broadcasting function of two inputs, each summed back to its input's shape. */
function onBoth(
  { inputs }: Tensor,
  towardsA: OfBothInputs,
  towardsB: OfBothInputs,
): InputGradients {
  const [a, b] = inputs as [Tensor, Tensor];
  return [() => unbroadcast(towardsA(a, b), a.shape), () => unbroadcast(towardsB(a, b), b.shape)];
}

/** Maximum and minimum: the gradient goes to the input that was chosen, to the first at a tie. */
function choice(result: Tensor, g: Tensor, choosesA: OfBothInputs): InputGradients {
  return onBoth(
    result,
    (a, b) => select(choosesA(a, b), g, 0),
    (a, b) => select(choosesA(a, b), 0, g),
  );
}

function selectVjp({ inputs }: Tensor<'select'>, g: Tensor): InputGradients {
  const [condition, a, b] = inputs as [Tensor, Tensor, Tensor];
  return [
    undefined,
    () => unbroadcast(select(condition, g, 0), a.shape),
    () => unbroadcast(select(condition, 0, g), b.shape),
  ];
}

/**
 * For C = A·B: `dA = dC·Bᵀ` and `dB = Aᵀ·dC`; with an operand stored transposed its gradient is the
 * transpose of that. Only flags change, so no transposed copy is ever made.
 */
function matMulVjp(
  { inputs, attrs: { transposeA, transposeB } }: Tensor<'matMul'>,
  g: Tensor,
): InputGradients {
  const [a, b] = inputs as [Tensor, Tensor];
  const towardsA = () =>
    transposeA
      ? matMul(b, g, { transposeA: transposeB, transposeB: true })
      : matMul(g, b, { transposeB: !transposeB });
  const towardsB = () =>
    transposeB
      ? matMul(g, a, { transposeA: true, transposeB: transposeA })
      : matMul(a, g, { transposeA: !transposeA });
  return [() => unbroadcast(towardsA(), a.shape), () => unbroadcast(towardsB(), b.shape)];
}

/** The gradient goes to the largest values, evenly where several are equal. */
function maxVjp(result: Tensor<'max'>, g: Tensor): InputGradients {
  return [
    () => {
      const [x] = result.inputs as [Tensor];
      const isLargest = asMask(equal(x, spread(result, result)));
      const count = sum(isLargest, { axes: result.attrs.axes, keepDims: true });
      return mul(spread(g, result), div(isLargest, count));
    },
  ];
}

function concatVjp({ inputs, attrs: { axis } }: Tensor<'concat'>, g: Tensor): InputGradients {
  let end: Dim = 0;
  return inputs.map((input) => {
    const start = end;
    const stop = (end = addDims(start, input.shape[axis]!));
    return () => slice(g, axis, start, stop);
  });
}

/** Repeats a value of the reduction's result over the axes that were reduced. */
function spread(value: Tensor, { inputs, attrs }: Tensor<'sum' | 'max'>): Tensor {
  const [x] = inputs as [Tensor];
  const kept = x.shape.map((dim, axis) => (attrs.axes.includes(axis) ? 1 : dim));
  return broadcastTo(reshape(value, kept), x.shape);
}

function asMask(condition: Tensor): Tensor {
  return cast(condition, 'float32');
}

function inverse(perm: readonly number[]): readonly number[] {
  return perm.map((_, axis) => perm.indexOf(axis));
}
