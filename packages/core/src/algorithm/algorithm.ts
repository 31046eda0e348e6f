import type { AlgorithmHooks } from './hooks.js';

/** Learned inner rates, trained by the outer loop like any other parameter. */
export interface LearnedRate {
  /** Value before training. */
  readonly initial: number;
  /**
   * One rate per element of each adapted parameter (Meta-SGD), one per adapted parameter, or one per adapted
   * parameter and inner step (LSLR of MAML++).
   */
  readonly per: 'element' | 'parameter' | 'parameter-step';
}

/** Which parameters of the meta block the inner loop adapts, by path (`meta/layers/0/kernel`). */
export type BlockSelector = (path: string) => boolean;

/** What turns the gradients of the inner loop into its steps; every one of them is differentiable. */
export type InnerOptimiser =
  /** $\theta' \leftarrow \theta' - \alpha g$. */
  | { readonly kind: 'sgd' }
  /** $m \leftarrow \beta m + g$, $\theta' \leftarrow \theta' - \alpha m$ (Polyak 1964). */
  | { readonly kind: 'momentum'; readonly beta: number }
  /**
   * $\theta' \leftarrow \theta' - \alpha \hat m / \sqrt{\hat v + \epsilon^2}$ with the bias-corrected means of
   * $g$ and $g^2$ (Kingma & Ba 2015). ε is inside the root, since the root alone has no derivative at 0.
   */
  | {
      readonly kind: 'adam';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    };

/**
 * Multi-step loss: weights of the query losses after 0…K inner steps, in a list of K + 1 numbers that sum to
 * 1; or `anneal: N`, which begins with equal weights after 1…K steps and moves them linearly to the last step
 * within N epochs (MAML++).
 */
export type StepLoss = readonly number[] | { readonly anneal: number };

/** How a model is meta-trained and adapted: one value, of plain data but for hooks and selectors. */
export interface Algorithm {
  /** Name of the preset it was made with, for records and bundles. */
  readonly name: string;
  /**
   * Where the gradient of the outer loop comes from. `'unrolled'`: from the inner steps themselves (MAML).
   * `'implicit'`: from the optimum that they approach (iMAML). `'reptile'`: from how far they moved.
   * `'joint'`: from the initial weights, so that the inner loop is for adaptation after training only.
   */
  readonly metaGradient: 'unrolled' | 'implicit' | 'reptile' | 'joint';
  /** Inner steps K ≥ 0; 0 means no adaptation. */
  readonly innerSteps: number;
  /** Inner learning rate α. */
  readonly innerLearningRate: number | LearnedRate;
  /** What makes steps of gradients. */
  readonly innerOptimiser: InnerOptimiser;
  /** `'second'` differentiates through the inner steps, `'first'` treats their gradients as constants (FOMAML). */
  readonly order: 'first' | 'second';
  /** Epochs N of training that are of first order, before those of second order (MAML++). */
  readonly firstOrderEpochs: number;
  /**
   * Parameters that the inner loop adapts; the others, and the global block, are shared by all tasks. A list
   * holds names or beginnings of names; `'head'` is what the model says its head is, `'body'` everything else.
   */
  readonly adapts: BlockSelector | readonly string[] | 'all' | 'head' | 'body';
  /** Loss of one row. */
  readonly loss: 'binary-cross-entropy' | 'squared-error';
  /**
   * c in the support loss Σ mask·loss / (Σ mask + c): shrinks the step of tasks with few rows. 0 is the plain
   * mean; an empty support set then gives a zero step, not a division by zero.
   */
  readonly supportShrinkage: number;
  /** λ ≥ 0: adds ½ λ ‖θ′ − θ‖² to what the inner loop minimises, which draws it to the initial weights. */
  readonly proximal: number;
  /** Bound on the norm of a task's gradient in the inner loop, over all adapted parameters; null for none. */
  readonly innerClipNorm: number | null;
  /** Whether the inner loop of *training* drops out what the global block drops out for query rows. */
  readonly innerDropout: boolean;
  /** Also judges earlier states of the inner loop than its last; null for the last only. */
  readonly stepLoss: StepLoss | null;
  /** Whether a task counts by its query rows, or all tasks that have some count the same. */
  readonly taskWeighting: 'size' | 'uniform';
  /** How the implicit gradient is solved for: steps of conjugate gradients, and what is added to λ in them. */
  readonly implicit: { readonly steps: number; readonly damping: number };
  /**
   * How dense layers hold their fast weights in the inner loop: as a matrix per task (`'materialised'`),
   * or as what the steps changed, `Σ Sᵀ Δ`, without ever forming the product (`'low-rank'`). Both give the
   * same numbers but for rounding. `'auto'`: low-rank where it takes fewer multiplications, by the
   * rule of `isLowRankCheaper`. Kernels whose inner rate is learned per element are always materialised,
   * since such a rate does not factor out of the product, and so are those that something other than a
   * dense layer reads. Where steps are more than a rate times a gradient, `'auto'` is `'materialised'`.
   */
  readonly fastWeights: 'auto' | 'materialised' | 'low-rank';
  /** Code of your own at marked places. */
  readonly hooks?: AlgorithmHooks;
}
