import type { DType } from './dtype.js';

/**
 * A dimension: a number, or a named symbol such as `'T'` that becomes a dynamic axis in ONNX. Sums
 * and products of symbols (`'Q+S'`, `'B*T'`, `'2*T'`) are symbols too, in canonical spelling.
 */
export type Dim = number | string;

/** A tensor's shape, outermost dimension first. */
export type Shape = readonly Dim[];

/** Shape and element type of a tensor that does not exist yet. */
export interface TensorSpec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/**
 * Describes a tensor.
 *
 * @example
 * ```ts
 * const x = spec(['T', 'B', 160]);
 * const ids = spec(['T', 'B'], 'int32');
 * ```
 */
export function spec(shape: Shape, dtype: DType = 'float32'): TensorSpec {
  return { shape, dtype };
}
