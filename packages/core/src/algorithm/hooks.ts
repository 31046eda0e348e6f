import { sameShape, type Shape, type Tensor } from '@limaml/graph';
import { hookFailed, hookShape } from '../errors.js';

/** Where in the inner loop a hook is called. */
export interface StepContext {
  /** Inner step, from 0. */
  readonly step: number;
  /** Real support rows of each task, `[T]`: 0 for a task without a support set. */
  readonly supportRows: Tensor;
}

/**
 * Places where an algorithm takes code of yours. A hook is called while a program is made, with symbolic
 * tensors, and must be built from differentiable operations. A task without support rows must stay at the
 * initial weights: leave a loss or a gradient of 0 as it is.
 */
export interface AlgorithmHooks {
  /**
   * Changes the gradient of one adapted parameter, before it is clipped and made a step of.
   *
   * @param gradient `[T, …]`, proximal term included
   * @param context name of the parameter, its initial value `[…]` and its fast weights `[T, …]`
   * @returns a tensor of the shape of `gradient`
   */
  readonly innerGradient?: (
    gradient: Tensor,
    context: StepContext & {
      readonly name: string;
      readonly initial: Tensor;
      readonly fast: Tensor;
    },
  ) => Tensor;
  /**
   * Changes what the inner loop minimises.
   *
   * @param losses support loss of each task `[T]`
   * @param context initial values `[…]` and fast weights `[T, …]` of the adapted parameters, by name
   * @returns a tensor `[T]`
   */
  readonly supportLoss?: (
    losses: Tensor,
    context: StepContext & {
      readonly initial: Readonly<Record<string, Tensor>>;
      readonly fast: Readonly<Record<string, Tensor>>;
    },
  ) => Tensor;
  /**
   * Says how much each task counts in the outer loop, in place of `taskWeighting`. Weights need not sum to 1;
   * tasks without query rows count nothing, whatever theirs is.
   *
   * @param context real query rows and real support rows of each task, `[T]`
   * @returns weights ≥ 0, `[T]`
   */
  readonly taskWeights?: (context: {
    readonly queryRows: Tensor;
    readonly supportRows: Tensor;
  }) => Tensor;
}

/**
 * Calls a hook and checks what it returns.
 *
 * @throws LIMAML_ERR_CORE_HOOK_FAILED, LIMAML_ERR_CORE_HOOK_SHAPE naming hook and algorithm
 */
export function callHook(
  algorithm: string,
  hook: keyof AlgorithmHooks,
  shape: Shape,
  call: () => Tensor,
): Tensor {
  const result = attempt(algorithm, hook, call);
  const found = (result as Partial<Tensor> | undefined)?.shape;
  if (found === undefined || !sameShape(found, shape)) {
    throw hookShape(algorithm, hook, found, shape);
  }
  return result;
}

function attempt(algorithm: string, hook: keyof AlgorithmHooks, call: () => Tensor): Tensor {
  try {
    return call();
  } catch (error) {
    throw hookFailed(algorithm, hook, error);
  }
}
