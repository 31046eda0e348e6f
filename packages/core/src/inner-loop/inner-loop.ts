import { add, sum, type Tensor } from '@limaml/graph';
import { adaptedParameters, META } from '../algorithm/adapted-parameters.js';
import type { Algorithm } from '../algorithm/algorithm.js';
import { hasPlainSteps } from '../algorithm/conflicts.js';
import { callHook } from '../algorithm/hooks.js';
import {
  type FastWeights,
  type InnerLoop,
  innerStep,
  startWeights,
} from '../fast-weights/inner-step.js';
import type { FeatureTensors, MetaInput, Model, ModelParams } from '../model.js';
import type { LabelledRows } from '../row-losses.js';
import { flattenTree, mapTree } from '../tree.js';
import { optimiserStep, type StepMemory } from './optimiser-step.js';
import { supportLoss } from './support-loss.js';

/**
 * Adapts the meta block to each task by gradient steps on its support set.
 *
 * $$\theta'_0 = \theta, \qquad \theta'_{k+1} = \theta'_k - \alpha\, \nabla_{\theta'_k} \Big( L_{\text{support}}(\theta'_k) + \tfrac{\lambda}{2} \lVert \theta'_k - \theta \rVert^2 \Big)$$
 *
 * or, where the algorithm says so, by steps of momentum or Adam, of clipped gradients, or with learned rates.
 *
 * All T tasks take their steps at once: adapted parameters are spread over a leading axis T, and since
 * a task's loss depends on its own slice only, the gradient of the *sum* of the T losses holds each
 * task's own gradient in its slice.
 *
 * @param theta initial weights θ; the global block is used, and not changed
 * @param input entity features and support set of T tasks
 * @param rates learned inner rates by name of the adapted parameter, each of the parameter's shape, a
 *   scalar, or one number per step `[K]`; empty when the rate is fixed
 * @returns fast weights θ′: adapted parameters are `[T, …]`, the others as in `theta`. Differentiable
 *   in θ and in the rates; with `order: 'first'` the gradients of the steps count as constants
 * @throws LIMAML_ERR_CORE_NOTHING_ADAPTED when there are inner steps but nothing to move
 * @throws LIMAML_ERR_CORE_HOOK_FAILED, LIMAML_ERR_CORE_HOOK_SHAPE
 * @see Finn, Abbeel & Levine 2017, eq. (1)
 */
export function innerLoop(
  model: Model,
  theta: ModelParams<Tensor>,
  input: MetaInput,
  algorithm: Algorithm,
  rates: FeatureTensors = {},
): ModelParams<Tensor> {
  return innerStates(model, theta, { input }, algorithm, rates).at(-1)!;
}

/** What the tasks of a batch learn from. */
export interface InnerInput {
  readonly input: MetaInput;
  /** Rows beside the support set's. */
  readonly further?: LabelledRows;
}

/** The weights before the first inner step and after each, $\theta'_0 \dots \theta'_K$; see {@link innerLoop}. */
export function innerStates(
  model: Model,
  theta: ModelParams<Tensor>,
  learnsFrom: InnerInput,
  algorithm: Algorithm,
  rates: FeatureTensors = {},
): readonly ModelParams<Tensor>[] {
  const initial = metaParameters(theta, adaptedParameters(model, algorithm));
  const tasks = learnsFrom.input.support.mask.shape[0]!;
  const loop = { algorithm, initial, rates, tasks, supportRows: supportRows(learnsFrom) };
  const objective = innerObjective(model, theta, learnsFrom, loop);
  const states = [theta];
  let state: LoopState = { fast: startWeights(loop), memory: {} };
  for (let step = 0; step < algorithm.innerSteps; step++) {
    state = takeStep(loop, state, objective, step);
    states.push(withFastWeights(theta, state.fast));
  }
  return states;
}

interface LoopState {
  readonly fast: FastWeights;
  readonly memory: StepMemory;
}

/** What the inner loop minimises but for the proximal term, summed over tasks. */
type InnerObjective = (fast: FastWeights, step: number) => Tensor;

function takeStep(
  loop: InnerLoop,
  { fast, memory }: LoopState,
  objective: InnerObjective,
  step: number,
): LoopState {
  const loss = objective(fast, step);
  if (hasPlainSteps(loop.algorithm)) return { fast: innerStep(loop, fast, loss), memory };
  return optimiserStep(loop, { fast, memory, loss, step });
}

export function innerObjective(
  model: Model,
  theta: ModelParams<Tensor>,
  { input, further }: InnerInput,
  { algorithm, initial, supportRows }: Pick<InnerLoop, 'algorithm' | 'initial' | 'supportRows'>,
): InnerObjective {
  const hook = algorithm.hooks?.supportLoss;
  return (fast, step) => {
    const losses = supportLoss(model, withFastWeights(theta, fast), input, algorithm, further);
    if (!hook) return sum(losses);
    const call = (): Tensor => hook(losses, { step, initial, fast, supportRows });
    return sum(callHook(algorithm.name, 'supportLoss', losses.shape, call));
  };
}

/** Real rows that each task learns from, `[T]`. */
export function supportRows({ input, further }: InnerInput): Tensor {
  const ofSupport = sum(input.support.mask, { axes: [1] });
  return further ? add(ofSupport, sum(further.mask, { axes: [1] })) : ofSupport;
}

/** Meta parameters by name. */
export function metaParameters(
  { meta }: ModelParams<Tensor>,
  names: readonly string[],
): Readonly<Record<string, Tensor>> {
  const byName = Object.fromEntries(flattenTree(meta).map(([path, value]) => [META + path, value]));
  return Object.fromEntries(names.map((name) => [name, byName[name]!]));
}

/** θ with the adapted parameters in the places of the shared ones. */
export function withFastWeights(
  theta: ModelParams<Tensor>,
  fast: FastWeights,
): ModelParams<Tensor> {
  const meta = mapTree(theta.meta, (shared, path) => fast[META + path] ?? shared);
  return { meta, global: theta.global };
}
