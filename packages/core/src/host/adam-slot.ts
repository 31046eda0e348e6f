import { type ParameterValues, zerosLike } from '../parameters.js';
import { type OptimizerOptions, type ParameterRule, requireInRange, ruleOf } from './optimizer.js';

/** Options of {@link adam} and {@link rowAdam}. */
export interface AdamOptions extends OptimizerOptions {
  /** Decay β₁ of the first moment. Default 0.9. */
  readonly beta1?: number;
  /** Decay β₂ of the second moment. Default 0.999. */
  readonly beta2?: number;
  /** ε beside the root of the second moment. Default 1e-8. */
  readonly epsilon?: number;
}

/** One parameter, its moments and its constants. */
export interface AdamSlot {
  readonly name: string;
  readonly theta: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
  readonly rule: ParameterRule;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Slots for all parameters, and their moments by name: `m/<parameter>` and `v/<parameter>`. */
export function adamSlots(
  parameters: ParameterValues,
  options: AdamOptions,
): { readonly slots: readonly AdamSlot[]; readonly moments: ParameterValues } {
  const constants = {
    beta1: requireInRange('beta1', options.beta1 ?? 0.9, 0, 1),
    beta2: requireInRange('beta2', options.beta2 ?? 0.999, 0, 1),
    epsilon: requireInRange('epsilon', options.epsilon ?? 1e-8, Number.MIN_VALUE, Infinity),
  };
  const first = zerosLike(parameters, (name) => `m/${name}`);
  const second = zerosLike(parameters, (name) => `v/${name}`);
  const slots = Object.entries(parameters).map(([name, { data: theta }]) => {
    const moments = { m: first[`m/${name}`]!.data, v: second[`v/${name}`]!.data };
    return { name, theta, ...moments, rule: ruleOf(options, name), ...constants };
  });
  return { slots, moments: { ...first, ...second } };
}

/**
 * Takes Adam step number `t` on some elements of a parameter, in place.
 *
 * @param t steps these elements have taken, this one included: corrects the bias of the moments
 * @param at first element in the parameter
 * @param from first element in the gradient
 */
export function adamStep(
  slot: AdamSlot,
  gradient: Float32Array,
  t: number,
  scale: number,
  at: number,
  from: number,
  count: number,
): void {
  const { theta, m, v, rule, beta1, beta2, epsilon } = slot;
  const { l2, weightDecay } = rule;
  const rate = rule.learningRate * scale;
  const [keep1, keep2] = [1 - beta1, 1 - beta2];
  const firstCorrection = 1 / (1 - beta1 ** t);
  const secondCorrection = 1 / (1 - beta2 ** t);
  // Each element is read and written once: the compiler of Node 20 makes a loop that reads back what it
  // wrote 14 times slower as soon as it inlines it.
  for (let i = at, j = from, end = at + count; i < end; i++, j++) {
    const weight = theta[i]!;
    const g = gradient[j]! + l2 * weight;
    const first = Math.fround(beta1 * m[i]! + keep1 * g);
    const second = Math.fround(beta2 * v[i]! + keep2 * g * g);
    m[i] = first;
    v[i] = second;
    const update = (first * firstCorrection) / (Math.sqrt(second * secondCorrection) + epsilon);
    theta[i] = weight - rate * (update + weightDecay * weight);
  }
}
