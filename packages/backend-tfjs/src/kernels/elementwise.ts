import type { Primitive } from '@limaml/graph';
import type { Kernel, Kernels } from './kernel.js';

/** Functions of TensorFlow.js with one tensor and nothing else. */
type Unary =
  | 'neg'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'tanh'
  | 'sigmoid'
  | 'softplus'
  | 'relu'
  | 'abs'
  | 'sign'
  | 'logicalNot';

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
export const ELEMENTWISE: Kernels<Unary | Binary | 'cast' | 'stopGradient' | 'select'> = {
  neg: unary('neg'),
  exp: unary('exp'),
  log: unary('log'),
  sqrt: unary('sqrt'),
  tanh: unary('tanh'),
  sigmoid: unary('sigmoid'),
  softplus: unary('softplus'),
  relu: unary('relu'),
  abs: unary('abs'),
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
  select: (_, [condition, a, b], { tf }) => tf.where(condition!, a!, b!),
};

function unary(name: Unary): Kernel<Primitive> {
  return (_, [x], { tf }) => tf[name](x!);
}

function binary(name: Binary): Kernel<Primitive> {
  return (_, [a, b], { tf }) => tf[name](a!, b!);
}
