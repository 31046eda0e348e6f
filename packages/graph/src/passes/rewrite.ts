import { reapply } from '../apply.js';
import type { Program } from '../program.js';
import type { Tensor } from '../tensor.js';
import { topologicalOrder } from '../topological-order.js';

/**
 * Replaces one tensor by an equal one of the same shape and type, or returns it as it is.
 *
 * @param tensor the tensor with inputs that are already rewritten
 * @param isUsedOnce tells whether nothing else in the program needs the input at this position, so
 *   that it need not be computed any more once this tensor does without it
 */
export type Rewrite = (tensor: Tensor, isUsedOnce: (position: number) => boolean) => Tensor;

/** Rewrites every tensor once, inputs before the tensors that use them. What does not change stays the same object. */
export function rewriteProgram(program: Program, rewrite: Rewrite): Program {
  const order = topologicalOrder(Object.values(program.outputs));
  const uses = countUses(program, order);
  const rewritten = new Map<Tensor, Tensor>();
  for (const tensor of order) {
    const inputs = tensor.inputs.map((input) => rewritten.get(input)!);
    const isUsedOnce = (position: number): boolean => uses.get(tensor.inputs[position]!) === 1;
    rewritten.set(tensor, rewrite(reapply(tensor, inputs), isUsedOnce));
  }
  const outputs = Object.entries(program.outputs).map(([name, output]) => [
    name,
    rewritten.get(output)!,
  ]);
  return { inputs: program.inputs, outputs: Object.fromEntries(outputs) as Program['outputs'] };
}

/** Applies the first rewrite that changes something. */
export function firstOf(...rewrites: readonly Rewrite[]): Rewrite {
  return (tensor, isUsedOnce) => {
    for (const rewrite of rewrites) {
      const result = rewrite(tensor, isUsedOnce);
      if (result !== tensor) return result;
    }
    return tensor;
  };
}

function countUses({ outputs }: Program, order: readonly Tensor[]): ReadonlyMap<Tensor, number> {
  const uses = new Map<Tensor, number>();
  const count = (tensor: Tensor): unknown => uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  Object.values(outputs).forEach(count);
  for (const tensor of order) tensor.inputs.forEach(count);
  return uses;
}
