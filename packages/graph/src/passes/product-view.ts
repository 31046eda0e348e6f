import { matMul } from '../ops/products.js';
import type { Dim } from '../dim.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';

/** A matrix, or its transpose, as an operand of a product. */
export interface Operand {
  readonly tensor: Tensor;
  readonly transposed: boolean;
}

/** What is multiplied in a matrix product. */
export type Product = readonly [left: Operand, right: Operand];

/** The operands of a matrix product; undefined for any other tensor. */
export function asProduct(tensor: Tensor): Product | undefined {
  if (!isOp(tensor, 'matMul')) return undefined;
  const [a, b] = tensor.inputs as [Tensor, Tensor];
  const { transposeA, transposeB } = tensor.attrs;
  return [
    { tensor: a, transposed: transposeA },
    { tensor: b, transposed: transposeB },
  ];
}

/** The product of two operands. */
export function multiply([a, b]: Product): Tensor {
  return matMul(a.tensor, b.tensor, { transposeA: a.transposed, transposeB: b.transposed });
}

/** `(A B)ᵀ = Bᵀ Aᵀ`. */
export function transposeOf([a, b]: Product): Product {
  return [flip(b), flip(a)];
}

function flip({ tensor, transposed }: Operand): Operand {
  return { tensor, transposed: !transposed };
}

export function rowsOf({ tensor, transposed }: Operand): Dim {
  return tensor.shape.at(transposed ? -1 : -2)!;
}

export function columnsOf({ tensor, transposed }: Operand): Dim {
  return tensor.shape.at(transposed ? -2 : -1)!;
}
