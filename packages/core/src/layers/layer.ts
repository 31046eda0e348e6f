import { reshape, type Tensor } from '@limaml/graph';
import type { ParamSpec } from '../model.js';
import type { Tree } from '../tree.js';

/**
 * A layer: the specs of its parameters, and a function of their tensors.
 *
 * Inside the inner loop parameters may be fast weights, with a leading task axis T that `params` does
 * not mention; x starts with the same T then.
 */
export interface Layer<Args extends readonly unknown[] = readonly [x: Tensor]> {
  readonly params: Tree<ParamSpec>;
  apply(params: Tree<Tensor>, ...args: Args): Tensor;
}

/** Tells whether a parameter is a fast weight: it has one axis more than its spec, T. */
export function isPerTask(parameter: Tensor, rank: number): boolean {
  return parameter.shape.length === rank + 1;
}

/**
 * Makes a parameter broadcast against x `[T, …]`: shared parameters do already, fast weights `[T, …]`
 * get axes of size 1 behind T.
 *
 * @param parameter of `rank` dimensions, or `[T, …]` with one more
 * @param rank dimensions of the parameter's spec
 * @param target dimensions of x; at least `rank + 1` where the parameter is a fast weight
 */
export function alignTasks(parameter: Tensor, rank: number, target: number): Tensor {
  if (!isPerTask(parameter, rank)) return parameter;
  const [tasks, ...rest] = parameter.shape;
  const between = Array.from({ length: target - 1 - rank }, () => 1);
  return reshape(parameter, [tasks!, ...between, ...rest]);
}
