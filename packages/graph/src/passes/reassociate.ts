import { multiplyDims } from '../dim.js';
import type { Dim } from '../dim.js';
import { broadcastShapes, isNumericShape, sameShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import { asProduct, columnsOf, multiply, rowsOf, transposeOf } from './product-view.js';
import type { Operand, Product } from './product-view.js';
import type { Rewrite } from './rewrite.js';

/** Writing an element of a result takes about as long as this many multiplications of a large product. */
const COST_OF_ELEMENT = 16;

/**
 * Products of three matrices in the cheaper order: `A (B C) = (A B) C`. A sum over rows is a product with
 * one row, so the mean of a layer's outputs becomes the layer of a mean.
 */
export const reassociateProducts: Rewrite = (tensor, isUsedOnce) => {
  if (!isOp(tensor, 'matMul')) return tensor;
  const [a, b] = asProduct(tensor)!;
  return intoRight(tensor, a, b, isUsedOnce(1)) ?? intoLeft(tensor, a, b, isUsedOnce(0)) ?? tensor;
};

function intoRight(tensor: Tensor, a: Operand, b: Operand, owned: boolean): Tensor | undefined {
  const inner = factorsOf(b);
  if (!inner) return undefined;
  const first: Product = [a, inner[0]];
  const now = costOf([a, b]) + (owned ? costOf(inner) : 0);
  const other = costOf(first) + costOf([result(first), inner[1]]);
  if (!(other < now)) return undefined;
  return fitting(multiply([plain(multiply(first)), inner[1]]), tensor);
}

function intoLeft(tensor: Tensor, a: Operand, b: Operand, owned: boolean): Tensor | undefined {
  const inner = factorsOf(a);
  if (!inner) return undefined;
  const last: Product = [inner[1], b];
  const now = costOf([a, b]) + (owned ? costOf(inner) : 0);
  const other = costOf(last) + costOf([inner[0], result(last)]);
  if (!(other < now)) return undefined;
  return fitting(multiply([inner[0], plain(multiply(last))]), tensor);
}

/** The product that an operand is, read in the operand's direction. */
function factorsOf({ tensor, transposed }: Operand): Product | undefined {
  const product = asProduct(tensor);
  return product && transposed ? transposeOf(product) : product;
}

function plain(tensor: Tensor): Operand {
  return { tensor, transposed: false };
}

/** Stands for the result of a product that is not made yet. */
function result([a, b]: Product): Operand {
  const shape = [...(batchOf(a, b) ?? []), rowsOf(a), columnsOf(b)];
  return { tensor: { ...a.tensor, shape }, transposed: false };
}

/** Multiplications and elements of a product; NaN, which is never less, where a size is a symbol. */
function costOf([a, b]: Product): number {
  const batch = batchOf(a, b);
  const sizes: readonly Dim[] = [
    multiplyDims(batch ?? ['?']),
    rowsOf(a),
    columnsOf(a),
    columnsOf(b),
  ];
  if (!isNumericShape(sizes)) return NaN;
  const [tasks, rows, inner, columns] = sizes as [number, number, number, number];
  return tasks * rows * columns * (inner + COST_OF_ELEMENT);
}

function batchOf(a: Operand, b: Operand): readonly Dim[] | undefined {
  return broadcastShapes(a.tensor.shape.slice(0, -2), b.tensor.shape.slice(0, -2));
}

function fitting(replacement: Tensor, tensor: Tensor): Tensor | undefined {
  return sameShape(replacement.shape, tensor.shape) ? replacement : undefined;
}
