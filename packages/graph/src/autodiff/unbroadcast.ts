import { reshape } from '../ops/movement.js';
import { sum } from '../ops/products.js';
import { sameShape } from '../shape.js';
import type { Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';

/** The adjoint of broadcasting: sums a gradient over the axes along which `shape` was repeated. */
export function unbroadcast(gradient: Tensor, shape: Shape): Tensor {
  const extra = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((dim, axis) =>
    axis < extra || dim !== shape[axis - extra] ? [axis] : [],
  );
  const reduced = axes.length === 0 ? gradient : sum(gradient, { axes });
  return sameShape(reduced.shape, shape) ? reduced : reshape(reduced, shape);
}
