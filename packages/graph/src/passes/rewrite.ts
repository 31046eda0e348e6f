import { reapply } from '../apply.js';
import type { Program } from '../program.js';
import type { Tensor } from '../tensor.js';
import { topologicalOrder } from '../topological-order.js';

/**
 * Replaces one tensor by an equal one of the same shape and type, or returns it as it is.
 *
 * @param tensor the tensor with inputs that are already rewritten
 * @param original the tensor as it stands in the program that is being rewritten
 */
export type Rewrite = (tensor: Tensor, original: Tensor) => Tensor;

/** Rewrites every tensor once, inputs before the tensors that use them. What does not change stays the same object. */
export function rewriteProgram(program: Program, rewrite: Rewrite): Program {
  const rewritten = new Map<Tensor, Tensor>();
  for (const tensor of topologicalOrder(Object.values(program.outputs))) {
    const inputs = tensor.inputs.map((input) => rewritten.get(input)!);
    rewritten.set(tensor, rewrite(reapply(tensor, inputs), tensor));
  }
  const outputs = Object.entries(program.outputs).map(([name, output]) => [
    name,
    rewritten.get(output)!,
  ]);
  return { inputs: program.inputs, outputs: Object.fromEntries(outputs) as Program['outputs'] };
}

/** Applies the first rewrite that changes something. */
export function firstOf(...rewrites: readonly Rewrite[]): Rewrite {
  return (tensor, original) => {
    for (const rewrite of rewrites) {
      const result = rewrite(tensor, original);
      if (result !== tensor) return result;
    }
    return tensor;
  };
}
