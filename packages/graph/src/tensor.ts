import type { DType } from './dtype.js';
import type { Primitive, Primitives } from './primitives.js';
import type { Shape } from './shape.js';

/** A primitive applied to tensors: what a rule sees before the result exists. */
export interface Application<P extends Primitive = Primitive> {
  readonly op: P;
  readonly inputs: readonly Tensor[];
  readonly attrs: Primitives[P];
}

/**
 * A symbolic tensor: an immutable node of a directed acyclic graph, the result of a primitive
 * applied to other tensors. Made by the functions of this package, never by hand.
 */
export interface Tensor<P extends Primitive = Primitive> extends Application<P> {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Tells whether a tensor is the result of a certain primitive. */
export function isOp<P extends Primitive>(tensor: Tensor, op: P): tensor is Tensor<P> {
  return tensor.op === op;
}
