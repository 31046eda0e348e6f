import type { Program } from './program.js';
import { topologicalOrder } from './topological-order.js';

/** The program without the inputs that its outputs do not depend on. */
export function pruneInputs({ inputs, outputs }: Program): Program {
  const used = new Set(topologicalOrder(Object.values(outputs)));
  return {
    inputs: Object.fromEntries(Object.entries(inputs).filter(([, input]) => used.has(input))),
    outputs,
  };
}
