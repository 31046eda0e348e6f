import { multiplyDims } from '../dim.js';
import { mul } from '../ops/binary.js';
import { broadcastTo, reshape } from '../ops/movement.js';
import { sum } from '../ops/products.js';
import { dimSize, fill } from '../ops/source.js';
import { neg } from '../ops/unary.js';
import { sameShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import { splatValue } from './fold-constants.js';

/**
 * Sums over nothing, over size-1 axes, of sums, of repeated values (a product instead), and of
 * products with a number (the number last).
 */
export function simplifySum(tensor: Tensor): Tensor {
  if (!isOp(tensor, 'sum')) return tensor;
  const { axes } = tensor.attrs;
  const [x] = tensor.inputs as [Tensor];
  if (axes.every((axis) => x.shape[axis] === 1)) return reshape(x, tensor.shape);
  if (x.dtype !== 'float32') return tensor;
  if (isOp(x, 'neg')) return neg(sum(x.inputs[0]!, tensor.attrs));
  if (isOp(x, 'mul')) return factorOutside(tensor, x);
  if (isOp(x, 'fill'))
    return mul(
      fill(tensor.shape, x.attrs.value),
      dimSize(multiplyDims(axes.map((a) => x.shape[a]!))),
    );
  if (isOp(x, 'sum') && !x.attrs.keepDims && !tensor.attrs.keepDims) return mergeSums(tensor, x);
  return isOp(x, 'broadcastTo') ? sumOfRepeated(tensor, x) : tensor;
}

/** A factor that is the same along the summed axes comes last. */
function factorOutside(tensor: Tensor<'sum'>, product: Tensor<'mul'>): Tensor {
  const [a, b] = product.inputs as [Tensor, Tensor];
  if (splatValue(b) !== undefined)
    return sameShape(a.shape, product.shape)
      ? mul(sum(a, tensor.attrs), fill([], splatValue(b)!))
      : tensor;
  return factorOut(tensor, a, b) ?? factorOut(tensor, b, a) ?? tensor;
}

function factorOut(tensor: Tensor<'sum'>, x: Tensor, factor: Tensor): Tensor | undefined {
  const { axes, keepDims } = tensor.attrs;
  const summed = tensor.inputs[0]!.shape;
  const own = (axis: number): number => axis - (summed.length - factor.shape.length);
  const same = axes.every(
    (axis) => summed[axis] !== 1 && (own(axis) < 0 || factor.shape[own(axis)] === 1),
  );
  // Axes that only the factor repeats would have to be counted.
  const counted = axes.every(
    (axis) => x.shape[axis - (summed.length - x.shape.length)] === summed[axis],
  );
  if (!same || !counted || x.shape.length < summed.length) return undefined;
  const kept = mul(sum(x, { axes, keepDims: true }), factor);
  return keepDims ? kept : reshape(kept, tensor.shape);
}

/** The inner sum removed axes: the outer axes are counted among those that were left. */
function mergeSums(tensor: Tensor<'sum'>, inner: Tensor<'sum'>): Tensor {
  const [x] = inner.inputs as [Tensor];
  const left = x.shape.flatMap((_, axis) => (inner.attrs.axes.includes(axis) ? [] : [axis]));
  return sum(x, { axes: [...inner.attrs.axes, ...tensor.attrs.axes.map((axis) => left[axis]!)] });
}

/** Summing n equal values is multiplying by n. */
function sumOfRepeated(tensor: Tensor<'sum'>, repeated: Tensor<'broadcastTo'>): Tensor {
  const [x] = repeated.inputs as [Tensor];
  const extra = repeated.shape.length - x.shape.length;
  const isRepeated = (axis: number): boolean =>
    axis < extra || (x.shape[axis - extra] === 1 && repeated.shape[axis] !== 1);
  const times = multiplyDims(
    tensor.attrs.axes.filter(isRepeated).map((axis) => repeated.shape[axis]!),
  );
  if (times === 1) return tensor;
  const once = repeated.shape.map((dim, axis) =>
    tensor.attrs.axes.includes(axis) && isRepeated(axis) ? 1 : dim,
  );
  const rest = sum(broadcastTo(x, once), tensor.attrs);
  return mul(rest, dimSize(times));
}
