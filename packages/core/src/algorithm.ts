import { optionInvalid } from './errors.js';
import { requireInRange } from './host/optimizer.js';

/** A learned inner rate: one rate per element of each adapted parameter (Meta-SGD) or one per parameter. */
export interface LearnedRate {
  /** Value before training. */
  readonly initial: number;
  readonly per: 'element' | 'parameter';
}

/** Which parameters of the meta block the inner loop adapts, by path (`meta/layers/0/kernel`). */
export type BlockSelector = (path: string) => boolean;

/** How a model is meta-trained and adapted. */
export interface Algorithm {
  /** Inner steps K ≥ 0; 0 means no adaptation. */
  readonly innerSteps: number;
  /** Inner learning rate α. */
  readonly innerLearningRate: number | LearnedRate;
  /** `'second'` differentiates through the inner steps, `'first'` treats their gradients as constants (FOMAML). */
  readonly order: 'first' | 'second';
  /** Parameters that the inner loop adapts; the others, and the global block, are shared by all tasks. */
  readonly adapts: BlockSelector;
  /** Loss of one row. */
  readonly loss: 'binary-cross-entropy' | 'squared-error';
  /**
   * c in the support loss Σ mask·loss / (Σ mask + c): shrinks the step of tasks with few rows. Default 0
   * (plain mean; an empty support set then gives a zero step, not a division by zero).
   */
  readonly supportShrinkage: number;
  /**
   * How dense layers hold their fast weights in the inner loop: as a matrix per task (`'materialised'`),
   * or as what the steps changed, `Σ Sᵀ Δ`, without ever forming the product (`'low-rank'`). Both give the
   * same numbers but for rounding. Default `'auto'`: low-rank where it takes fewer multiplications, by the
   * rule of `isLowRankCheaper`. Kernels whose inner rate is learned per element are always materialised,
   * since such a rate does not factor out of the product, and so are those that something other than a
   * dense layer reads.
   */
  readonly fastWeights: 'auto' | 'materialised' | 'low-rank';
}

/** What {@link maml} uses where it is told nothing. */
export const DEFAULT_ALGORITHM: Algorithm = {
  innerSteps: 1,
  innerLearningRate: 0.1,
  order: 'second',
  adapts: () => true,
  loss: 'binary-cross-entropy',
  supportShrinkage: 0,
  fastWeights: 'auto',
};

/**
 * Model-agnostic meta-learning: the initial weights are trained so that a few gradient steps on a
 * task's support set do well on its query set.
 *
 * $$\min_\theta \sum_i L_{\text{query},i}(\theta'_i), \qquad
 *   \theta'_i = \theta - \alpha \nabla_\theta L_{\text{support},i}(\theta)$$
 *
 * @param options any of {@link Algorithm}. Defaults: 1 step, rate 0.1, second order, the whole meta
 *   block, binary cross-entropy, no shrinkage, fast weights in the cheaper form
 * @throws LIMAML_ERR_CORE_OPTION_INVALID when an option is out of range
 * @see Finn, Abbeel & Levine 2017, algorithm 1; learned rates: Li et al. 2017 (Meta-SGD), eq. (2)
 *
 * @example
 * ```ts
 * const algorithm = maml({ innerSteps: 3, innerLearningRate: { initial: 0.5, per: 'element' } });
 * ```
 */
export function maml(options: Partial<Algorithm> = {}): Algorithm {
  const algorithm = { ...DEFAULT_ALGORITHM, ...options };
  const { innerSteps, innerLearningRate: rate, supportShrinkage } = algorithm;
  if (!Number.isInteger(innerSteps)) {
    throw optionInvalid('innerSteps', innerSteps, 'a whole number, zero or more');
  }
  requireInRange('innerSteps', innerSteps, 0, Infinity);
  requireInRange('innerLearningRate', typeof rate === 'number' ? rate : rate.initial, 0, Infinity);
  requireInRange('supportShrinkage', supportShrinkage, 0, Infinity);
  return algorithm;
}
