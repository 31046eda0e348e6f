import type { Primitive } from '@limaml/graph';
import type { TfTensor } from '../tfjs.js';
import type { Kernel, Kernels } from './kernel.js';

/** Functions of TensorFlow.js with one tensor and nothing else. */
type Unary =
  'exp' | 'log' | 'sqrt' | 'tanh' | 'sigmoid' | 'softplus' | 'relu' | 'sign' | 'logicalNot';

/** Functions of two tensors, which broadcast as NumPy does. */
type Binary =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'maximum'
  | 'minimum'
  | 'less'
  | 'lessEqual'
  | 'greater'
  | 'greaterEqual'
  | 'equal'
  | 'logicalAnd'
  | 'logicalOr';

/** Primitives that work element by element; most have the same name in TensorFlow.js. */
export const ELEMENTWISE: Kernels<
  Unary | Binary | 'neg' | 'abs' | 'cast' | 'stopGradient' | 'select'
> = {
  /** The WASM backend computes these two in float32, which has no room for all integers. */
  neg: (_, [x], { tf }) => (x!.dtype === 'int32' ? tf.sub(tf.zerosLike(x!), x!) : tf.neg(x!)),
  abs: (_, [x], { tf }) =>
    x!.dtype === 'int32' ? tf.maximum(x!, tf.sub(tf.zerosLike(x!), x!)) : tf.abs(x!),
  exp: unary('exp'),
  log: unary('log'),
  sqrt: unary('sqrt'),
  tanh: unary('tanh'),
  sigmoid: unary('sigmoid'),
  softplus: unary('softplus'),
  relu: unary('relu'),
  sign: unary('sign'),
  logicalNot: unary('logicalNot'),
  /** Casting to bool keeps other numbers than 0 and 1 on some backends. */
  cast: ({ attrs: { dtype } }, [x], { tf }) =>
    dtype === 'bool' ? tf.notEqual(x!, tf.zerosLike(x!)) : tf.cast(x!, dtype),
  stopGradient: (_, [x], { tf }) => tf.clone(x!),
  add: binary('add'),
  sub: binary('sub'),
  mul: binary('mul'),
  div: binary('div'),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
  less: binary('less'),
  lessEqual: binary('lessEqual'),
  greater: binary('greater'),
  greaterEqual: binary('greaterEqual'),
  equal: binary('equal'),
  logicalAnd: binary('logicalAnd'),
  logicalOr: binary('logicalOr'),
  /** `(c ∧ a) ∨ (¬c ∧ b)` for bools: there the WASM backend (4.22) writes beyond the result. */
  select: (_, inputs, { tf }) => {
    const [condition, a, b] = inputs as [TfTensor, TfTensor, TfTensor];
    if (a.dtype !== 'bool') return tf.where(condition, a, b);
    const otherwise = tf.logicalAnd(tf.logicalNot(condition), b);
    return tf.logicalOr(tf.logicalAnd(condition, a), otherwise);
  },
};

function unary(name: Unary): Kernel<Primitive> {
  return (_, [x], { tf }) => tf[name](x!);
}

function binary(name: Binary): Kernel<Primitive> {
  return (_, [a, b], { tf }) => tf[name](a!, b!);
}
