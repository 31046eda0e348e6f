import type { Primitive, Tensor } from '@limaml/graph';
import type { TfTensor } from '../tfjs.js';
import { ELEMENTWISE } from './elementwise.js';
import type { KernelContext, Kernels } from './kernel.js';
import { MOVEMENT } from './movement.js';
import { PRODUCTS } from './products.js';
import { SOURCES } from './sources.js';

/** Primitives that a kernel computes; inputs are fed instead. */
export type ComputedPrimitive = Exclude<Primitive, 'input'>;

/** Exhaustive: a primitive without a kernel does not compile. */
const KERNELS: Kernels<ComputedPrimitive> = {
  ...SOURCES,
  ...ELEMENTWISE,
  ...PRODUCTS,
  ...MOVEMENT,
};

/** What a primitive makes of nothing, everywhere in its result. */
const OF_NOTHING: Partial<Record<Primitive, number>> = {
  matMul: 0,
  sum: 0,
  max: -Infinity,
  pad: 0,
  scatterAdd: 0,
};

/** Applies a primitive. Empty tensors are kept away from the kernels, whose backends disagree on them. */
export function compute<P extends ComputedPrimitive>(
  tensor: Tensor<P>,
  inputs: readonly TfTensor[],
  context: KernelContext,
): TfTensor {
  const { tf, shape } = context;
  if (shape.includes(0)) return tf.tensor([], shape, tensor.dtype);
  const ofNothing = OF_NOTHING[tensor.op];
  if (ofNothing !== undefined && inputs.some(({ size }) => size === 0))
    return tf.fill(shape, ofNothing, tensor.dtype);
  return KERNELS[tensor.op](tensor, inputs, context);
}
