import type { Tensor } from './tensor.js';

/**
 * All tensors that the roots depend on, themselves included, each after its inputs. The order is
 * the same for the same graph. Iterative, so that deep graphs do not overflow the stack.
 */
export function topologicalOrder(roots: Iterable<Tensor>): readonly Tensor[] {
  const order = new Set<Tensor>();
  const opened = new Set<Tensor>();
  const stack = [...roots].reverse();
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    if (opened.has(top)) {
      order.add(top);
      stack.pop();
    } else {
      opened.add(top);
      for (const input of top.inputs.toReversed()) if (!opened.has(input)) stack.push(input);
    }
  }
  return [...order];
}
