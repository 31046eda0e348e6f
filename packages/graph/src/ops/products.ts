import { apply } from '../apply.js';
import { canonicalDim, multiplyDims } from '../dim.js';
import type { Dim } from '../dim.js';
import type { Tensor } from '../tensor.js';
import { canonicalAxes, canonicalAxis } from './axes.js';
import { div, mul } from './binary.js';
import { dimSize } from './source.js';

/** Which operands of {@link matMul} are transposed in their last two dimensions. */
export interface MatMulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** Which axes a reduction runs over. */
export interface ReduceOptions {
  /** Default: all. Negative axes count from the end. */
  readonly axes?: readonly number[];
  /** Keep reduced axes with size 1. Default: false. */
  readonly keepDims?: boolean;
}

/**
 * The matrix product `[…, m, k] · […, k, n] → […, m, n]`; batch dimensions broadcast.
 *
 * @throws LIMAML_ERR_GRAPH_SHAPE_MISMATCH when the inner dimensions differ or the batches don't broadcast
 * @throws LIMAML_ERR_GRAPH_RANK for fewer than two dimensions
 */
export function matMul(a: Tensor, b: Tensor, options: MatMulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false } = options;
  return apply('matMul', [a, b], { transposeA, transposeB });
}

/** The sum over axes. */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  return apply('sum', [x], {
    axes: canonicalAxes('sum', options.axes, x.shape),
    keepDims: options.keepDims ?? false,
  });
}

/** The largest value over axes; equal largest values share the gradient evenly. */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  return apply('max', [x], {
    axes: canonicalAxes('max', options.axes, x.shape),
    keepDims: options.keepDims ?? false,
  });
}

/** The mean over axes; NaN where there is nothing to average. */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const axes = canonicalAxes('mean', options.axes, x.shape);
  const count = multiplyDims(axes.map((axis) => x.shape[axis]!));
  const total = sum(x, options);
  return typeof count === 'number' ? mul(total, 1 / count) : div(total, dimSize(count));
}

/** `e^{x_i} / Σ_j e^{x_j}` along one axis (default: the last), without overflow. */
export function softmax(x: Tensor, axis = -1): Tensor {
  return apply('softmax', [x], { axis: canonicalAxis('softmax', axis, x.shape) });
}

/**
 * Rows of a table: `table[indices]` along axis 0.
 *
 * Executors refuse an index outside the table when they run, but follow ONNX in one thing: there an index
 * from −U to −1 counts from the end. `interpret` refuses those too.
 *
 * @param table `[U, …rest]`
 * @param indices int32, any shape; 0 ≤ index < U
 * @returns `indices.shape ++ rest`
 */
export function gather(table: Tensor, indices: Tensor): Tensor {
  return apply('gather', [table, indices], {});
}

/**
 * Adds updates into a table of zeros, row by index: the adjoint of {@link gather}. Repeated indices add up.
 *
 * @param indices int32, any shape
 * @param updates `indices.shape ++ rest`
 * @returns `[rows, …rest]`
 */
export function scatterAdd(indices: Tensor, updates: Tensor, rows: Dim): Tensor {
  return apply('scatterAdd', [indices, updates], { rows: canonicalDim(rows) });
}
