import { canonicalDim } from './dim.js';
import type { Dim } from './dim.js';
import type { DType } from './dtype.js';

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
 * @throws LIMAML_ERR_GRAPH_DIM_INVALID for a negative or fractional size or a misspelt symbol
 * @example
 * ```ts
 * const x = spec(['T', 'B', 160]);
 * const ids = spec(['T', 'B'], 'int32');
 * ```
 */
export function spec(shape: Shape, dtype: DType = 'float32'): TensorSpec {
  return { shape: canonicalShape(shape), dtype };
}

/** Spells every dimension canonically, so that equal shapes have equal entries. */
export function canonicalShape(shape: Shape): Shape {
  return shape.map(canonicalDim);
}

/** Tells whether two canonical shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** Tells whether every dimension is a number. */
export function isNumericShape(shape: Shape): shape is readonly number[] {
  return shape.every((dim) => typeof dim === 'number');
}

/**
 * The shape of an element-wise result under NumPy broadcasting (right-aligned, 1 stretches), or
 * undefined when the shapes do not fit. Two different symbols do not fit: they may differ in size.
 */
export function broadcastShapes(...shapes: readonly Shape[]): Shape | undefined {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result: Dim[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const dims = new Set(shapes.map((shape) => shape[axis - rank + shape.length] ?? 1));
    dims.delete(1);
    if (dims.size > 1) return undefined;
    result.push([...dims][0] ?? 1);
  }
  return result;
}
