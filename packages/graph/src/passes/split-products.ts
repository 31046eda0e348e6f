import { addDims } from '../dim.js';
import type { Dim } from '../dim.js';
import { add } from '../ops/binary.js';
import { concat, pad, slice } from '../ops/movement.js';
import { matMul } from '../ops/products.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import type { Rewrite } from './rewrite.js';

/**
 * Products of which only a part matters: of joined features `[x y]·[U; V] = x·U + y·V` (a part that
 * stays the same from step to step is then computed once), of padded ones, and slices of products.
 */
export const splitProducts: Rewrite = (tensor, isUsedOnce) => {
  if (isOp(tensor, 'matMul')) return splitOperands(tensor);
  const [x] = tensor.inputs;
  if (!x || !isOp(tensor, 'slice') || !isOp(x, 'matMul') || !isUsedOnce(0)) return tensor;
  return sliceOfProduct(tensor, x);
};

/** Position of an operand in a product, with the axes of its rows or columns. */
interface Operand {
  readonly tensor: Tensor;
  readonly side: 0 | 1;
  /** The axis that is summed over. */
  readonly inner: number;
  /** The axis that becomes rows (left operand) or columns (right operand) of the result. */
  readonly outer: number;
}

function operandsOf({ inputs, attrs }: Tensor<'matMul'>): readonly [Operand, Operand] {
  const [a, b] = inputs as [Tensor, Tensor];
  const [lastA, lastB] = [a.shape.length - 1, b.shape.length - 1];
  const { transposeA, transposeB } = attrs;
  return [
    { tensor: a, side: 0, inner: lastA - Number(transposeA), outer: lastA - Number(!transposeA) },
    { tensor: b, side: 1, inner: lastB - Number(!transposeB), outer: lastB - Number(transposeB) },
  ];
}

function splitOperands(product: Tensor<'matMul'>): Tensor {
  const [a, b] = operandsOf(product);
  return splitAt(product, a, b) ?? splitAt(product, b, a) ?? product;
}

function splitAt(product: Tensor<'matMul'>, operand: Operand, other: Operand): Tensor | undefined {
  const { tensor, inner, outer } = operand;
  if (isOp(tensor, 'concat')) {
    if (tensor.attrs.axis === inner) return sumOfParts(product, tensor, operand, other);
    return tensor.attrs.axis === outer && tensor.inputs.some(isRepeated)
      ? joinedParts(product, tensor, operand, other)
      : undefined;
  }
  if (!isOp(tensor, 'pad')) return undefined;
  const [x] = tensor.inputs as [Tensor];
  const { axis, before, after } = tensor.attrs;
  if (axis === inner) {
    const matching = slice(other.tensor, other.inner, before, addDims(before, x.shape[inner]!));
    return multiply(product, operand, x, matching);
  }
  if (axis !== outer) return undefined;
  const resultAxis = product.shape.length - 2 + operand.side;
  return pad(multiply(product, operand, x, other.tensor), resultAxis, before, after);
}

function sumOfParts(
  product: Tensor<'matMul'>,
  joined: Tensor<'concat'>,
  operand: Operand,
  other: Operand,
): Tensor | undefined {
  const parts = partsOf(joined);
  if (parts.length === 1) return undefined;
  let offset: Dim = 0;
  const terms = parts.map((part) => {
    const start = offset;
    offset = addDims(start, part.shape[operand.inner]!);
    return multiply(product, operand, part, slice(other.tensor, other.inner, start, offset));
  });
  return terms.reduce((total, term) => add(total, term));
}

/** Part by part where one part is repeated, since its product is then small. */
function joinedParts(
  product: Tensor<'matMul'>,
  joined: Tensor<'concat'>,
  operand: Operand,
  other: Operand,
): Tensor {
  const parts = partsOf(joined).map((part) => multiply(product, operand, part, other.tensor));
  return concat(parts, product.shape.length - 2 + operand.side);
}

/**
 * What is multiplied apart. Neighbours that stay the same from step to step, the features of a row say, stay
 * together: a product for each of many narrow parts takes longer than all of them at once.
 */
function partsOf({ inputs, attrs }: Tensor<'concat'>): readonly Tensor[] {
  const groups: Tensor[][] = [];
  for (const part of inputs) {
    const last = groups.at(-1);
    if (last && isSteady(part) && isSteady(last[0]!)) last.push(part);
    else groups.push([part]);
  }
  return groups.map((group) => (group.length === 1 ? group[0]! : concat(group, attrs.axis)));
}

function isSteady(tensor: Tensor): boolean {
  return !isRepeated(tensor) && !hasProduct(tensor);
}

const withProduct = new WeakMap<Tensor, boolean>();

/** Whether a product went into a tensor. None went into features, and one into all that an inner step moves. */
function hasProduct(tensor: Tensor): boolean {
  const known = withProduct.get(tensor);
  if (known !== undefined) return known;
  const has = isOp(tensor, 'matMul') || tensor.inputs.some(hasProduct);
  withProduct.set(tensor, has);
  return has;
}

function isRepeated(tensor: Tensor): boolean {
  return isOp(tensor, 'broadcastTo');
}

/** A slice of the rows or columns of a product is a product with that slice of one operand. */
function sliceOfProduct(tensor: Tensor<'slice'>, product: Tensor<'matMul'>): Tensor {
  const { axis, start, end } = tensor.attrs;
  const [a, b] = operandsOf(product);
  if (axis < product.shape.length - 2) return tensor;
  const [operand, other] = axis === product.shape.length - 2 ? [a, b] : [b, a];
  return multiply(product, operand, slice(operand.tensor, operand.outer, start, end), other.tensor);
}

/** The same product with other operands, `mine` at the operand's side. */
function multiply(
  { attrs }: Tensor<'matMul'>,
  { side }: Operand,
  mine: Tensor,
  others: Tensor,
): Tensor {
  return side === 0 ? matMul(mine, others, attrs) : matMul(others, mine, attrs);
}
