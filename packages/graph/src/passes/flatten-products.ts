import { multiplyDims } from '../dim.js';
import type { Dim } from '../dim.js';
import { add, sub } from '../ops/binary.js';
import { concat, pad, reshape } from '../ops/movement.js';
import { matMul, sum } from '../ops/products.js';
import { sameShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import { asProduct, columnsOf, rowsOf } from './product-view.js';
import type { Operand, Product } from './product-view.js';
import type { Rewrite } from './rewrite.js';

/**
 * The sum over tasks of `XᵀY` becomes one flat product: `Σ_t X_tᵀY_t = [X_1; X_2; …]ᵀ[Y_1; Y_2; …]`.
 * This is the gradient of a weight that all tasks share. Sums of sums are split first, to get at
 * the products. A product that something else needs too exists anyway, and is summed as it is.
 */
export const flattenProducts: Rewrite = (tensor, isUsedOnce) => {
  if (!isOp(tensor, 'sum') || !isUsedOnce(0)) return tensor;
  const [x] = tensor.inputs as [Tensor];
  const product = asProduct(x);
  if (product) return flatten(tensor, x, product);
  return isOp(x, 'concat') || isOp(x, 'pad') ? sumOfParts(tensor, x) : split(tensor, x);
};

/** Rows of every matrix of the summed batch axes lie next to each other, so a reshape joins them. */
function flatten(tensor: Tensor<'sum'>, x: Tensor, [a, b]: Product): Tensor {
  const batch = x.shape.slice(0, -2);
  const kept = batch.length - tensor.attrs.axes.length;
  const lastBatchAxes = tensor.attrs.axes.every((axis, position) => axis === kept + position);
  const full = [a, b].every((operand) => sameShape(operand.tensor.shape.slice(0, -2), batch));
  const byRows = isByRows(a, true) && isByRows(b, false);
  if (!byRows || !lastBatchAxes || !full) return tensor;
  const inner = columnsOf(a);
  const x2 = joinRows(a, kept, inner, rowsOf(a));
  const y2 = joinRows(b, kept, inner, columnsOf(b));
  const product = matMul(x2, y2, { transposeA: true });
  return reshape(product, tensor.shape);
}

/** The product sums over the rows of this operand; a single row or column is both. */
function isByRows({ tensor, transposed }: Operand, wanted: boolean): boolean {
  return transposed === wanted || tensor.shape.slice(-2).includes(1);
}

function joinRows({ tensor }: Operand, kept: number, inner: Dim, width: Dim): Tensor {
  const { shape } = tensor;
  const rows = multiplyDims([...shape.slice(kept, -2), inner]);
  return reshape(tensor, [...shape.slice(0, kept), rows, width]);
}

/** Sums part by part, where the parts lie along an axis that stays. */
function sumOfParts(tensor: Tensor<'sum'>, joined: Tensor<'concat' | 'pad'>): Tensor {
  const { axes, keepDims } = tensor.attrs;
  const { axis } = joined.attrs;
  if (axes.includes(axis)) return tensor;
  const left = keepDims ? axis : axis - axes.filter((each) => each < axis).length;
  const parts = joined.inputs.map((part) => sum(part, tensor.attrs));
  if (!isOp(joined, 'pad')) return concat(parts, left);
  return pad(parts[0]!, left, joined.attrs.before, joined.attrs.after);
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
