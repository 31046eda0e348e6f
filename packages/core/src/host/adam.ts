import { type ParameterValues, zeroValues } from '../parameters.js';
import { type AdamOptions, adamSlots, adamStep } from './adam-slot.js';
import { gradientOf, type Optimizer } from './optimizer.js';

/**
 * Adam, in place; AdamW when `weightDecay` is given.
 *
 * $$m \leftarrow \beta_1 m + (1-\beta_1) g, \qquad v \leftarrow \beta_2 v + (1-\beta_2) g^2$$
 * $$\theta \leftarrow \theta - \beta \Big( \frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \epsilon} + \lambda\theta \Big)$$
 *
 * with `g` the gradient plus `l2 · θ`.
 *
 * @param parameters changed in place by every step
 * @throws LIMAML_ERR_CORE_OPTION_INVALID when an option is out of range
 * @see Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019, algorithm 2
 *
 * @example
 * ```ts
 * const optimizer = adam(parameters, {
 *   learningRate: 3e-3,
 *   l2: (name) => (name.startsWith('table/') ? 1e-4 : 0),
 * });
 * optimizer.step(gradients, schedule(step));
 * ```
 */
export function adam(parameters: ParameterValues, options: AdamOptions): Optimizer {
  const { slots, moments } = adamSlots(parameters, options);
  const steps = zeroValues([1]); // a float32 counts exactly up to 2^24
  return {
    state: { ...moments, steps },
    step(gradients, scale = 1) {
      const t = ++steps.data[0]!;
      for (const slot of slots) {
        const gradient = gradientOf(gradients, slot.name, slot.theta.length);
        adamStep(slot, gradient, t, scale, 0, 0, gradient.length);
      }
    },
  };
}
