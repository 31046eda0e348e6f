import { apply } from '../apply.js';
import { canonicalDim } from '../dim.js';
import type { Dim } from '../dim.js';
import type { DType } from '../dtype.js';
import { constantSize } from '../errors.js';
import type { ConstantData } from '../primitives.js';
import { canonicalShape, isNumericShape } from '../shape.js';
import type { Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';

/**
 * A tensor whose value is known when the program is built. Typed arrays are kept, not copied.
 *
 * @param data one number, or the elements in row-major order
 * @param shape default: `[]` for a number, `[data.length]` for elements
 * @param dtype default: `'float32'`, whatever the array
 * @throws LIMAML_ERR_GRAPH_CONSTANT_SIZE when the shape is symbolic or does not hold all elements
 * @example
 * ```ts
 * const rate = constant(0.1);
 * const weights = constant([1, 2, 3, 4], [2, 2]);
 * ```
 */
export function constant(
  data: number | readonly number[] | ConstantData,
  shape?: Shape,
  dtype: DType = 'float32',
): Tensor {
  if (typeof data === 'number') return fill(shape ?? [], data, dtype);
  const size = canonicalShape(shape ?? [data.length]);
  const elements = isNumericShape(size)
    ? size.reduce((product, dim) => product * dim, 1)
    : undefined;
  if (!isNumericShape(size) || elements !== data.length) throw constantSize(data.length, size);
  return apply('constant', [], {
    data: ArrayBuffer.isView(data) ? data : Float64Array.from(data),
    shape: size,
    dtype,
  });
}

/** One number repeated over a shape, which may be symbolic. */
export function fill(shape: Shape, value: number, dtype: DType = 'float32'): Tensor {
  return apply('fill', [], { value, shape: canonicalShape(shape), dtype });
}

/** Zeros. */
export function zeros(shape: Shape, dtype: DType = 'float32'): Tensor {
  return fill(shape, 0, dtype);
}

/** Ones. */
export function ones(shape: Shape, dtype: DType = 'float32'): Tensor {
  return fill(shape, 1, dtype);
}

/** The size of a dimension as a float32 scalar, known only when the program runs if it is symbolic. */
export function dimSize(dim: Dim): Tensor {
  const size = canonicalDim(dim);
  return typeof size === 'number' ? fill([], size) : apply('dimSize', [], { dim: size });
}
