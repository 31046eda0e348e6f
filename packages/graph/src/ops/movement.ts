import { apply } from '../apply.js';
import { canonicalDim } from '../dim.js';
import type { Dim } from '../dim.js';
import { axisOutOfRange, concatEmpty } from '../errors.js';
import { canonicalShape } from '../shape.js';
import type { Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { canonicalAxis } from './axes.js';

/**
 * The same elements, in the same order, with another shape.
 *
 * @throws LIMAML_ERR_GRAPH_RESHAPE when the number of elements may differ
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  return apply('reshape', [x], { shape: canonicalShape(shape) });
}

/** Permutes axes: axis i of the result is axis `perm[i]` of x. Default: all axes reversed. */
export function transpose(x: Tensor, perm?: readonly number[]): Tensor {
  return apply('transpose', [x], {
    perm: perm ?? x.shape.map((_, axis) => x.shape.length - 1 - axis),
  });
}

/** Repeats x along new leading dimensions and dimensions of size 1. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  return apply('broadcastTo', [x], { shape: canonicalShape(shape) });
}

/** Joins tensors along an axis. */
export function concat(xs: readonly Tensor[], axis: number): Tensor {
  const [first] = xs;
  if (!first) throw concatEmpty();
  return apply('concat', xs, { axis: canonicalAxis('concat', axis, first.shape) });
}

/** Elements `start ≤ i < end` of one axis; both may be symbolic. */
export function slice(x: Tensor, axis: number, start: Dim, end: Dim): Tensor {
  return apply('slice', [x], {
    axis: canonicalAxis('slice', axis, x.shape),
    start: canonicalDim(start),
    end: canonicalDim(end),
  });
}

/** Zeros added before and after one axis; both amounts may be symbolic. */
export function pad(x: Tensor, axis: number, before: Dim, after: Dim): Tensor {
  return apply('pad', [x], {
    axis: canonicalAxis('pad', axis, x.shape),
    before: canonicalDim(before),
    after: canonicalDim(after),
  });
}

/** Inserts a dimension of size 1; axis −1 appends it. */
export function expandDims(x: Tensor, axis: number): Tensor {
  const position = canonicalAxis('expandDims', axis, [...x.shape, 1]);
  return reshape(x, [...x.shape.slice(0, position), 1, ...x.shape.slice(position)]);
}

/** Removes a dimension of size 1. @throws LIMAML_ERR_GRAPH_AXIS when its size is not 1 */
export function squeeze(x: Tensor, axis: number): Tensor {
  const position = canonicalAxis('squeeze', axis, x.shape);
  if (x.shape[position] !== 1) throw axisOutOfRange('squeeze', axis, x.shape);
  return reshape(
    x,
    x.shape.filter((_, other) => other !== position),
  );
}
