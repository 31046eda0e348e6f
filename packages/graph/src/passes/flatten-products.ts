import { multiplyDims } from '../dim.js';
import { add, sub } from '../ops/binary.js';
import { reshape } from '../ops/movement.js';
import { matMul, sum } from '../ops/products.js';
import { sameShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import type { Rewrite } from './rewrite.js';

/**
 * The sum over tasks of `XᵀY` becomes one flat product: `Σ_t X_tᵀY_t = [X_1; X_2; …]ᵀ[Y_1; Y_2; …]`.
 * This is the gradient of a weight that all tasks share. Sums of sums are split first, to get at
 * the products. A product that something else needs too exists anyway, and is summed as it is.
 */
export const flattenProducts: Rewrite = (tensor, isUsedOnce) => {
  if (!isOp(tensor, 'sum') || !isUsedOnce(0)) return tensor;
  const [x] = tensor.inputs as [Tensor];
  return isOp(x, 'matMul') ? flatten(tensor, x) : split(tensor, x);
};

/** Rows of every matrix of the summed batch axes lie next to each other, so a reshape joins them. */
function flatten(tensor: Tensor<'sum'>, product: Tensor<'matMul'>): Tensor {
  const [x, y] = product.inputs as [Tensor, Tensor];
  const { transposeA, transposeB } = product.attrs;
  const batch = product.shape.slice(0, -2);
  const kept = batch.length - tensor.attrs.axes.length;
  const lastBatchAxes = tensor.attrs.axes.every((axis, position) => axis === kept + position);
  const full = [x, y].every((operand) => sameShape(operand.shape.slice(0, -2), batch));
  if (!transposeA || transposeB || !lastBatchAxes || !full) return tensor;
  return reshape(matMul(joinRows(x, kept), joinRows(y, kept), { transposeA }), tensor.shape);
}

function joinRows(x: Tensor, kept: number): Tensor {
  const rows = multiplyDims(x.shape.slice(kept, -1));
  return reshape(x, [...x.shape.slice(0, kept), rows, x.shape.at(-1)!]);
}

function split(tensor: Tensor<'sum'>, x: Tensor): Tensor {
  if (!isOp(x, 'add') && !isOp(x, 'sub')) return tensor;
  const [a, b] = x.inputs as [Tensor, Tensor];
  const worthwhile = [a, b].some(
    (term) => isOp(term, 'matMul') || isOp(term, 'add') || isOp(term, 'sub'),
  );
  if (!worthwhile || !sameShape(a.shape, x.shape) || !sameShape(b.shape, x.shape)) return tensor;
  const parts = [sum(a, tensor.attrs), sum(b, tensor.attrs)] as const;
  return isOp(x, 'add') ? add(...parts) : sub(...parts);
}
