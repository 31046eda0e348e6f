import type { Algorithm } from '../algorithm.js';
import { createAlgorithm } from '../create-algorithm.js';

/**
 * Model-agnostic meta-learning: the initial weights are trained so that a few gradient steps on a
 * task's support set do well on its query set.
 *
 * $$\min_\theta \sum_i L_{\text{query},i}(\theta'_i), \qquad
 *   \theta'_i = \theta - \alpha \nabla_\theta L_{\text{support},i}(\theta)$$
 *
 * @param options any of {@link Algorithm}. Defaults: 1 step of SGD, rate 0.1, second order, the whole meta
 *   block, binary cross-entropy, no shrinkage, proximal term, clipping or dropout, tasks by size, fast weights in
 *   the cheaper form
 * @throws LIMAML_ERR_CORE_OPTION_INVALID when an option is out of range
 * @throws LIMAML_ERR_CORE_ALGORITHM_CONFLICT when options do not go together
 * @see Finn, Abbeel & Levine 2017, algorithm 1
 *
 * @example
 * ```ts
 * const algorithm = maml({ innerSteps: 3, innerOptimiser: { kind: 'momentum', beta: 0.5 } });
 * ```
 */
export function maml(options: Partial<Algorithm> = {}): Algorithm {
  return createAlgorithm({}, options);
}

/**
 * First-order MAML: the gradients of the inner steps count as constants, so the meta-gradient is that of the
 * query loss at the fast weights. Cheaper than {@link maml}, and often as good.
 *
 * $$g_\theta = \sum_i \nabla_{\theta'_i} L_{\text{query},i}(\theta'_i)$$
 *
 * @param options any of {@link Algorithm}; defaults as for {@link maml}, but of first order
 * @throws LIMAML_ERR_CORE_OPTION_INVALID, LIMAML_ERR_CORE_ALGORITHM_CONFLICT
 * @see Finn, Abbeel & Levine 2017, section 5.2; Nichol, Achiam & Schulman 2018, section 2
 *
 * @example
 * ```ts
 * const algorithm = fomaml({ innerSteps: 3 });
 * ```
 */
export function fomaml(options: Partial<Algorithm> = {}): Algorithm {
  return createAlgorithm({ name: 'fomaml', order: 'first' }, options);
}

/**
 * Meta-SGD: MAML with an inner rate for every element of every adapted parameter, which the outer loop learns
 * together with the initial weights. A rate may become 0 or negative.
 *
 * $$\min_{\theta, \alpha} \sum_i L_{\text{query},i}\big(\theta - \alpha \odot \nabla_\theta L_{\text{support},i}(\theta)\big)$$
 *
 * @param options any of {@link Algorithm}; defaults as for {@link maml}, but rates that begin at 0.1
 * @throws LIMAML_ERR_CORE_OPTION_INVALID, LIMAML_ERR_CORE_ALGORITHM_CONFLICT
 * @see Li, Zhou, Chen & Li 2017, eq. (2) and (3)
 *
 * @example
 * ```ts
 * const algorithm = metaSgd({ innerLearningRate: { initial: 0.5, per: 'element' } });
 * ```
 */
export function metaSgd(options: Partial<Algorithm> = {}): Algorithm {
  const innerLearningRate = { initial: 0.1, per: 'element' } as const;
  return createAlgorithm({ name: 'meta-sgd', innerLearningRate }, options);
}

/**
 * MAML++: a learned rate for every parameter and inner step (LSLR), a multi-step loss whose weights move to the
 * last step, and first-order gradients in the first epochs.
 *
 * $$\min_{\theta, \alpha} \sum_i \sum_{k=1}^{K} v_k\, L_{\text{query},i}(\theta'_{i,k}), \qquad
 *   \theta'_{i,k} = \theta'_{i,k-1} - \alpha_{p,k} \nabla L_{\text{support},i}(\theta'_{i,k-1})$$
 *
 * with $\alpha_{p,k}$ for parameter p, and $v_k$ from 1/K each to 1 for the last step alone.
 *
 * @param options any of {@link Algorithm}. Defaults: 3 steps, rates that begin at 0.1, 5 epochs of annealing,
 *   2 epochs of first order, which suit 10 to 20 epochs of training; the rest as for {@link maml}
 * @throws LIMAML_ERR_CORE_OPTION_INVALID, LIMAML_ERR_CORE_ALGORITHM_CONFLICT
 * @see Antoniou, Edwards & Storkey 2019, section 4: MSL, DA and LSLR. What it says of batch normalisation does
 *   not apply here: there is none
 *
 * @example
 * ```ts
 * const algorithm = mamlPlusPlus({ innerSteps: 5, stepLoss: { anneal: 10 } });
 * ```
 */
export function mamlPlusPlus(options: Partial<Algorithm> = {}): Algorithm {
  const preset = {
    name: 'maml-plus-plus',
    innerSteps: 3,
    innerLearningRate: { initial: 0.1, per: 'parameter-step' },
    stepLoss: { anneal: 5 },
    firstOrderEpochs: 2,
  } as const;
  return createAlgorithm(preset, options);
}
