import { isOp, topologicalOrder } from '@limaml/graph';
import type { Program, Tensor } from '@limaml/graph';
import type { ComputedPrimitive } from './kernels/compute.js';

/** One primitive to apply, and what nobody needs once it has been. */
export interface Step {
  readonly tensor: Tensor<ComputedPrimitive>;
  readonly release: readonly Tensor[];
}

/** The order in which a program is computed. Every tensor is released after its last use, outputs never. */
export function scheduleOf({ outputs }: Program): readonly Step[] {
  const kept = new Set<Tensor>(Object.values(outputs));
  const steps: Step[] = [];
  const needed = new Set<Tensor>(kept);
  for (const tensor of topologicalOrder(kept).toReversed()) {
    if (!isComputed(tensor)) continue;
    const release = [...new Set(tensor.inputs)].filter((input) => !needed.has(input));
    release.forEach((input) => needed.add(input));
    steps.push({ tensor, release });
  }
  return steps.reverse();
}

function isComputed(tensor: Tensor): tensor is Tensor<ComputedPrimitive> {
  return !isOp(tensor, 'input');
}
