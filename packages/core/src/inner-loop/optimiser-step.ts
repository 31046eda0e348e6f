import {
  add,
  div,
  grad,
  maximum,
  mul,
  reshape,
  slice,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from '@limaml/graph';
import type { Algorithm, InnerOptimiser } from '../algorithm/algorithm.js';
import { callHook } from '../algorithm/hooks.js';
import type { FastWeights, InnerLoop } from '../fast-weights/inner-step.js';
import { alignTasks } from '../layers/layer.js';
import { mapValues } from '../map-values.js';

/** Running means of an inner optimiser, by what they are and name of the parameter, `[T, …]`; none before the first step. */
export type StepMemory = Readonly<Record<string, FastWeights>>;

/** Where the inner loop is. */
export interface StepState {
  readonly fast: FastWeights;
  readonly memory: StepMemory;
  /** Support losses of all tasks, summed. */
  readonly loss: Tensor;
  /** From 0. */
  readonly step: number;
}

/**
 * One step of all tasks that is more than a rate times a gradient: the proximal term, the hook
 * `innerGradient`, clipping, the optimiser and the rate, in this order.
 */
export function optimiserStep(
  loop: InnerLoop,
  state: StepState,
): { readonly fast: FastWeights; readonly memory: StepMemory } {
  const gradients = clipped(loop.algorithm, hooked(loop, state, objectiveGradients(loop, state)));
  const { innerOptimiser } = loop.algorithm;
  const { directions, memory } = advance(innerOptimiser, gradients, state);
  const fast = mapValues(state.fast, (weights, name) =>
    sub(weights, mul(rateAt(loop, name, state.step), directions[name]!)),
  );
  return { fast, memory };
}

/** `∇L_support + λ (θ′ − θ)`, as constants where the algorithm is of first order. */
function objectiveGradients({ algorithm, initial }: InnerLoop, { fast, loss }: StepState) {
  const gradients = grad(loss, Object.values(fast));
  const { proximal, order } = algorithm;
  return Object.fromEntries(
    Object.entries(fast).map(([name, weights], at) => {
      const pull = mul(proximal, sub(weights, initial[name]!));
      const gradient = proximal === 0 ? gradients[at]! : add(gradients[at]!, pull);
      return [name, order === 'first' ? stopGradient(gradient) : gradient];
    }),
  );
}

function hooked(loop: InnerLoop, { fast, step }: StepState, gradients: FastWeights): FastWeights {
  const { algorithm, initial, supportRows } = loop;
  const hook = algorithm.hooks?.innerGradient;
  if (!hook) return gradients;
  return mapValues(gradients, (gradient, name) => {
    const context = { name, step, supportRows, initial: initial[name]!, fast: fast[name]! };
    const call = (): Tensor => hook(gradient, context);
    return callHook(algorithm.name, 'innerGradient', gradient.shape, call);
  });
}

/**
 * Scales each task's gradient, over all adapted parameters, to a norm of at most c.
 *
 * $$g_i \leftarrow g_i / \sqrt{\max(1, \lVert g_i \rVert^2 / c^2)}$$
 *
 * The maximum is inside the root, which therefore has a derivative for a gradient of 0 too.
 */
function clipped({ innerClipNorm: bound }: Algorithm, gradients: FastWeights): FastWeights {
  if (bound === null) return gradients;
  const squares = Object.values(gradients).map((gradient) => sumPerTask(square(gradient)));
  const total = squares.reduce((norm, each) => add(norm, each));
  const excess = sqrt(maximum(mul(total, 1 / bound ** 2), 1));
  return mapValues(gradients, (gradient) =>
    div(gradient, alignTasks(excess, 0, gradient.shape.length)),
  );
}

/** Sums everything but the task axis: `[T, …]` to `[T]`. */
export function sumPerTask(x: Tensor): Tensor {
  const axes = x.shape.slice(1).map((_, axis) => axis + 1);
  return axes.length === 0 ? x : sum(x, { axes });
}

/** What is subtracted, before the rate, and what the optimiser remembers. */
interface Advance {
  readonly directions: FastWeights;
  readonly memory: StepMemory;
}

function advance(
  optimiser: InnerOptimiser,
  gradients: FastWeights,
  { memory, step }: StepState,
): Advance {
  switch (optimiser.kind) {
    case 'sgd':
      return { directions: gradients, memory };
    case 'momentum': {
      const velocity = accumulated(memory.velocity, gradients, optimiser.beta, 1);
      return { directions: velocity, memory: { velocity } };
    }
    case 'adam':
      return adamAdvance(optimiser, gradients, memory, step);
  }
}

function adamAdvance(
  { beta1, beta2, epsilon }: Extract<InnerOptimiser, { kind: 'adam' }>,
  gradients: FastWeights,
  memory: StepMemory,
  step: number,
): Advance {
  const first = accumulated(memory.first, gradients, beta1, 1 - beta1);
  const second = accumulated(memory.second, mapValues(gradients, square), beta2, 1 - beta2);
  const [unbiasFirst, unbiasSecond] = [beta1, beta2].map((beta) => 1 / (1 - beta ** (step + 1)));
  const directions = mapValues(first, (mean, name) => {
    const root = sqrt(add(mul(second[name]!, unbiasSecond!), epsilon ** 2));
    return div(mul(mean, unbiasFirst!), root);
  });
  return { directions, memory: { first, second } };
}

/** `β m + w g`, with m = 0 before the first step. */
function accumulated(
  before: FastWeights | undefined,
  gradients: FastWeights,
  beta: number,
  weight: number,
): FastWeights {
  return mapValues(gradients, (gradient, name) => {
    const added = weight === 1 ? gradient : mul(weight, gradient);
    return before ? add(mul(beta, before[name]!), added) : added;
  });
}

/** The inner rate of a parameter at a step: one number, or one per element. */
function rateAt({ algorithm, rates }: InnerLoop, name: string, step: number): Tensor | number {
  const { innerLearningRate: rate } = algorithm;
  if (typeof rate === 'number') return rate;
  if (rate.per !== 'parameter-step') return rates[name]!;
  return reshape(slice(rates[name]!, 0, step, step + 1), []);
}
