import { add, sub } from '../ops/binary.js';
import { broadcastTo, reshape } from '../ops/movement.js';
import { matMul } from '../ops/products.js';
import { sameShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import { asProduct, multiply, transposeOf } from './product-view.js';
import type { Rewrite } from './rewrite.js';

/**
 * Weighted sums over the rows of a matrix, as pooling makes them, are products with one row: written so,
 * they reach the products that the rows come from.
 */
export const poolProducts: Rewrite = (tensor, isUsedOnce) => {
  if (isOp(tensor, 'mul')) return outerProduct(tensor);
  if (isOp(tensor, 'sum') && isUsedOnce(0)) return sumToProduct(tensor);
  if (!isOp(tensor, 'matMul')) return tensor;
  if (isUsedOnce(1) && tensor.shape.at(-2) === 1) return distribute(tensor);
  return columnToRow(tensor);
};

/** A column times a row, in each task, is a product over one; runtimes are faster at it than at repeating both. */
function outerProduct(tensor: Tensor<'mul'>): Tensor {
  const [a, b] = tensor.inputs as [Tensor, Tensor];
  const [column, row] = a.shape.at(-1) === 1 ? [a, b] : [b, a];
  const fits =
    column.shape.length === row.shape.length &&
    column.shape.at(-1) === 1 &&
    row.shape.at(-2) === 1 &&
    column.shape.at(-2) !== 1 &&
    row.shape.at(-1) !== 1 &&
    sameShape(column.shape.slice(0, -2), row.shape.slice(0, -2));
  return fits && tensor.dtype === 'float32' ? matMul(column, row) : tensor;
}

/** `Σ_s w_s x_s = wᵀ X`, where X is a product or a sum with one. */
function sumToProduct(tensor: Tensor<'sum'>): Tensor {
  const [x] = tensor.inputs as [Tensor];
  const { axes } = tensor.attrs;
  if (!isOp(x, 'mul') || axes.length !== 1 || axes[0] !== x.shape.length - 2) return tensor;
  const [a, b] = x.inputs as [Tensor, Tensor];
  const [rows, weights] = isColumn(b, a) ? [a, b] : [b, a];
  if (!isColumn(weights, rows) || !holdsProduct(rows)) return tensor;
  return reshape(matMul(weights, rows, { transposeA: true }), tensor.shape);
}

function isColumn(weights: Tensor, rows: Tensor): boolean {
  return (
    weights.shape.at(-1) === 1 &&
    rows.shape.at(-1) !== 1 &&
    sameShape(weights.shape.slice(0, -1), rows.shape.slice(0, -1))
  );
}

function holdsProduct(tensor: Tensor): boolean {
  if (isOp(tensor, 'add') || isOp(tensor, 'sub')) return tensor.inputs.some(holdsProduct);
  return asProduct(tensor) !== undefined;
}

/** `wᵀ (X + Y) = wᵀ X + wᵀ Y`. */
function distribute(product: Tensor<'matMul'>): Tensor {
  const [weights, x] = product.inputs as [Tensor, Tensor];
  if (product.attrs.transposeB || !(isOp(x, 'add') || isOp(x, 'sub')) || !holdsProduct(x))
    return product;
  const [left, right] = x.inputs.map((term) => ofTerm(product, weights, term, x)) as [
    Tensor,
    Tensor,
  ];
  return isOp(x, 'add') ? add(left, right) : sub(left, right);
}

function ofTerm(
  { attrs }: Tensor<'matMul'>,
  weights: Tensor,
  term: Tensor,
  { shape }: Tensor,
): Tensor {
  return matMul(weights, sameShape(term.shape, shape) ? term : broadcastTo(term, shape), attrs);
}

/** `Xᵀ w = (wᵀ X)ᵀ`: one spelling of a weighted sum, so that it is made once. */
function columnToRow(product: Tensor<'matMul'>): Tensor {
  const [x, weights] = product.inputs as [Tensor, Tensor];
  const isSum =
    product.attrs.transposeA && product.shape.at(-1) === 1 && product.shape.at(-2) !== 1;
  const sameBatch = sameShape(x.shape.slice(0, -2), weights.shape.slice(0, -2));
  if (!isSum || !sameBatch) return product;
  return reshape(multiply(transposeOf(asProduct(product)!)), product.shape);
}
