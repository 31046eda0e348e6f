import { broadcastTo } from '../ops/movement.js';
import { matMul, sum } from '../ops/products.js';
import { sameShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';

/**
 * Products of a matrix whose rows (or columns) are all the same, such as an embedding beside the
 * features of every row: the product is made once and repeated, `(1 eᵀ) W = 1 (eᵀ W)`; where the product
 * runs over the repetition, the other operand is summed, `(1 eᵀ)ᵀ G = e (1ᵀ G)`.
 */
export function multiplyRepeatedRows(tensor: Tensor): Tensor {
  if (!isOp(tensor, 'matMul')) return tensor;
  const [a, b] = tensor.inputs as [Tensor, Tensor];
  const { transposeA, transposeB } = tensor.attrs;
  const [rowsOfA, innerOfA] = transposeA ? [-1, -2] : [-2, -1];
  const [innerOfB, columnsOfB] = transposeB ? [-1, -2] : [-2, -1];

  const row = beforeRepetition(a, rowsOfA);
  if (row) return broadcastTo(matMul(row, b, tensor.attrs), tensor.shape);
  const column = beforeRepetition(b, columnsOfB);
  if (column) return broadcastTo(matMul(a, column, tensor.attrs), tensor.shape);

  const left = beforeRepetition(a, innerOfA);
  if (left) return fit(matMul(left, total(b, innerOfB), tensor.attrs), tensor);
  const right = beforeRepetition(b, innerOfB);
  return right ? fit(matMul(total(a, innerOfA), right, tensor.attrs), tensor) : tensor;
}

/** The tensor with size 1 on an axis along which it was repeated; undefined where it was not. */
function beforeRepetition(tensor: Tensor, axis: number): Tensor | undefined {
  if (!isOp(tensor, 'broadcastTo') || tensor.shape.at(axis) === 1) return undefined;
  const [x] = tensor.inputs as [Tensor];
  if ((x.shape.at(axis) ?? 1) !== 1) return undefined;
  const single = tensor.shape.with(axis, 1);
  return sameShape(single, x.shape) ? x : broadcastTo(x, single);
}

function total(tensor: Tensor, axis: number): Tensor {
  return sum(tensor, { axes: [axis], keepDims: true });
}

/** Batch dimensions that were only repeated may be gone. */
function fit(x: Tensor, { shape }: Tensor): Tensor {
  return sameShape(x.shape, shape) ? x : broadcastTo(x, shape);
}
