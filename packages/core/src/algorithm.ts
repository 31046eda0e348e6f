/** A learned inner rate: one rate per element of each adapted parameter (Meta-SGD) or one per parameter. */
export interface LearnedRate {
  readonly initial: number;
  readonly per: 'element' | 'parameter';
}

/** Which parameters the inner loop adapts, by path (`meta/layers/0/kernel`). */
export type BlockSelector = (path: string) => boolean;

/** How a model is meta-trained and adapted. */
export interface Algorithm {
  /** Inner steps K ≥ 0; 0 means no adaptation. */
  readonly innerSteps: number;
  /** Inner learning rate α. */
  readonly innerLearningRate: number | LearnedRate;
  /** `'second'` differentiates through the inner steps, `'first'` treats their gradients as constants (FOMAML). */
  readonly order: 'first' | 'second';
  /** Parameters that the inner loop adapts. Default of `maml()`: the whole meta block. */
  readonly adapts: BlockSelector;
  /** Loss of one row. */
  readonly loss: 'binary-cross-entropy' | 'squared-error';
  /**
   * c in the support loss Σ mask·loss / (Σ mask + c): shrinks the step of tasks with few rows. Default 0
   * (plain mean; an empty support set then gives a zero step, not a division by zero).
   */
  readonly supportShrinkage: number;
}
