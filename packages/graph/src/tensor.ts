import type { DType } from './dtype.js';
import type { Shape } from './shape.js';

/** A symbolic tensor: the result of a primitive applied to other tensors. */
export interface Tensor {
  readonly shape: Shape;
  readonly dtype: DType;
}
