import type { Algorithm } from '../algorithm.js';
import { createAlgorithm } from '../create-algorithm.js';

/**
 * Reptile: the initial weights are drawn to where the inner loop takes them. No gradient of a gradient, and no
 * query set: in training the inner loop learns from all rows of an episode.
 *
 * $$g_\theta = \frac1\alpha \sum_i w_i\, (\theta - \theta'_{i,K}), \qquad \sum_i w_i = 1$$
 *
 * This is the gradient that the outer optimiser gets for what is adapted; everything else gets the gradient of the
 * query loss at θ′.
 *
 * @param options any of {@link Algorithm}; defaults as for {@link maml}, but 3 steps
 * @throws LIMAML_ERR_CORE_OPTION_INVALID, LIMAML_ERR_CORE_ALGORITHM_CONFLICT
 * @see Nichol, Achiam & Schulman 2018, algorithm 2 and section 5 for the gradient as a fraction of α
 *
 * @example
 * ```ts
 * const algorithm = reptile({ innerSteps: 5, innerOptimiser: { kind: 'momentum', beta: 0.5 } });
 * ```
 */
export function reptile(options: Partial<Algorithm> = {}): Algorithm {
  return createAlgorithm({ name: 'reptile', metaGradient: 'reptile', innerSteps: 3 }, options);
}

/**
 * Implicit MAML: the inner loop goes towards the minimum of the support loss and a pull to the initial weights,
 * and the meta-gradient is that of the minimum, whatever way led to it. Memory does not grow with the number of
 * inner steps, since none of them is differentiated.
 *
 * $$\theta'_i = \arg\min_\phi L_{\text{support},i}(\phi) + \tfrac{\lambda}{2} \lVert \phi - \theta \rVert^2, \qquad
 *   g_\theta = \sum_i \Big( I + \tfrac{1}{\lambda} \nabla^2 L_{\text{support},i}(\theta'_i) \Big)^{-1} \nabla L_{\text{query},i}(\theta'_i)$$
 *
 * The inverse is applied by a few steps of conjugate gradients. The gradient is as good as the inner loop is
 * close to its minimum; a step is stable where $\alpha (\lambda + \lVert H \rVert) < 2$.
 *
 * @param options any of {@link Algorithm}. Defaults: 5 steps, `proximal` λ = 1, 5 steps of conjugate gradients; the
 *   rest as for {@link maml}
 * @throws LIMAML_ERR_CORE_OPTION_INVALID, LIMAML_ERR_CORE_ALGORITHM_CONFLICT
 * @see Rajeswaran, Finn, Kakade & Levine 2019, eq. (3) and (6), algorithm 2
 *
 * @example
 * ```ts
 * const algorithm = imaml({ innerSteps: 10, proximal: 2, implicit: { steps: 5, damping: 0 } });
 * ```
 */
export function imaml(options: Partial<Algorithm> = {}): Algorithm {
  const preset = { name: 'imaml', metaGradient: 'implicit', innerSteps: 5, proximal: 1 } as const;
  return createAlgorithm(preset, options);
}

/**
 * Fine-tuning without meta-learning: conventional training of the initial weights, and the inner loop as
 * adaptation afterwards. What meta-learning must beat.
 *
 * $$\min_\theta \sum_i L_{\text{query},i}(\theta), \qquad \text{then} \quad
 *   \theta'_i = \theta - \alpha \nabla_\theta L_{\text{support},i}(\theta)$$
 *
 * @param options any of {@link Algorithm}; defaults as for {@link maml}
 * @throws LIMAML_ERR_CORE_OPTION_INVALID, LIMAML_ERR_CORE_ALGORITHM_CONFLICT
 * @see Finn, Abbeel & Levine 2017, section 5.1, "pretrained"
 *
 * @example
 * ```ts
 * const algorithm = fineTuning({ innerSteps: 3 });
 * ```
 */
export function fineTuning(options: Partial<Algorithm> = {}): Algorithm {
  return createAlgorithm({ name: 'fine-tuning', metaGradient: 'joint' }, options);
}
