import { multiplyDims } from '../dim.js';
import { add, sub } from '../ops/binary.js';
import { reshape } from '../ops/movement.js';
import { matMul, sum } from '../ops/products.js';
import type { Program } from '../program.js';
import { sameShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import { topologicalOrder } from '../topological-order.js';
import { rewriteProgram } from './rewrite.js';

/**
 * The sum over tasks of `XᵀY` becomes one flat product: `Σ_t X_tᵀY_t = [X_1; X_2; …]ᵀ[Y_1; Y_2; …]`.
 * This is the gradient of a weight that all tasks share. Sums of such sums are split first. Products
 * that something else uses too exist anyway, and are left alone.
 */
export function flattenProducts(program: Program): Program {
  const uses = countUses(program);
  const usedOnce = (tensor: Tensor): boolean => uses.get(tensor) === 1;
  return rewriteProgram(program, (tensor, original) => {
    if (!isOp(tensor, 'sum') || !usedOnce(original.inputs[0]!)) return tensor;
    const [x] = tensor.inputs as [Tensor];
    if (isOp(x, 'matMul')) return flatten(tensor, x);
    return isSumOfProducts(original.inputs[0]!, usedOnce) ? split(tensor, x) : tensor;
  });
}

function countUses({ outputs }: Program): ReadonlyMap<Tensor, number> {
  const uses = new Map<Tensor, number>();
  const count = (tensor: Tensor): unknown => uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  Object.values(outputs).forEach(count);
  for (const tensor of topologicalOrder(Object.values(outputs))) tensor.inputs.forEach(count);
  return uses;
}

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
  return reshape(x, [
    ...x.shape.slice(0, kept),
    multiplyDims(x.shape.slice(kept, -1)),
    x.shape.at(-1)!,
  ]);
}

/** Looks through additions that nothing else uses for a product worth flattening. */
function isSumOfProducts(tensor: Tensor, usedOnce: (tensor: Tensor) => boolean): boolean {
  const isTerm = (term: Tensor): boolean =>
    usedOnce(term) && (isOp(term, 'add') || isOp(term, 'sub') || isOp(term, 'matMul'));
  return (isOp(tensor, 'add') || isOp(tensor, 'sub')) && tensor.inputs.some(isTerm);
}

function split(tensor: Tensor<'sum'>, x: Tensor): Tensor {
  const [a, b] = x.inputs as [Tensor, Tensor];
  if (!sameShape(a.shape, x.shape) || !sameShape(b.shape, x.shape)) return tensor;
  const parts = [sum(a, tensor.attrs), sum(b, tensor.attrs)] as const;
  return isOp(x, 'add') ? add(...parts) : isOp(x, 'sub') ? sub(...parts) : tensor;
}
