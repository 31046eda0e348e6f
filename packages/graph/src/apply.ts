import type { Primitive, Primitives } from './primitives.js';
import { SHAPE_RULES } from './shape-rules/shape-rules.js';
import type { Tensor } from './tensor.js';

/** Applies a primitive: infers shape and type, and makes the node. */
export function apply<P extends Primitive>(
  op: P,
  inputs: readonly Tensor[],
  attrs: Primitives[P],
): Tensor<P> {
  const { shape, dtype } = SHAPE_RULES[op]({ op, inputs, attrs });
  return { op, inputs, attrs, shape, dtype };
}

/** Applies a tensor's primitive to other inputs; the same inputs give the same tensor. */
export function reapply<P extends Primitive>(
  tensor: Tensor<P>,
  inputs: readonly Tensor[],
): Tensor<P> {
  const unchanged = inputs.every((input, position) => input === tensor.inputs[position]);
  return unchanged ? tensor : apply(tensor.op, inputs, tensor.attrs);
}
