import { bindDims, optimize, type Program, type Tensor, topologicalOrder } from '@limaml/graph';

/**
 * Most elements that are alive at once when a program runs in the order of its graph: a tensor lives from when it
 * is computed until its last reader is, inputs and outputs to the end.
 */
export function peakLiveElements(
  program: Program,
  sizes: Readonly<Record<string, number>>,
): number {
  const { outputs } = optimize(bindDims(program, sizes));
  const order = topologicalOrder(Object.values(outputs));
  const lastRead = new Map<Tensor, number>();
  order.forEach((tensor, at) => {
    for (const input of tensor.inputs) lastRead.set(input, at);
  });
  const kept = new Set(Object.values(outputs));
  let [alive, peak] = [0, 0];
  order.forEach((tensor, at) => {
    alive += elements(tensor);
    peak = Math.max(peak, alive);
    for (const input of new Set(tensor.inputs)) {
      if (lastRead.get(input) === at && !kept.has(input) && input.op !== 'input') {
        alive -= elements(input);
      }
    }
  });
  return peak;
}

function elements({ shape }: Tensor): number {
  return shape.reduce<number>((product, dim) => product * Number(dim), 1);
}
