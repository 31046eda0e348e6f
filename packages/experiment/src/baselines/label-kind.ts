import { logit, sigmoid, softplus } from '../numbers.js';

/** What labels are: 0 or 1, predicted as logits, or numbers such as ratings, predicted as they are. */
export type LabelKind = 'clicks' | 'numbers';

/** How a linear score z meets labels of a kind. */
export interface Likelihood {
  /** The score of a mean label. */
  readonly link: (mean: number) => number;
  /** The mean label of a score. */
  readonly mean: (score: number) => number;
  /** Negative log-likelihood of a label but for a constant: log-loss, or half the squared error (variance 1). */
  readonly loss: (score: number, label: number) => number;
  /** Second derivative of the loss in the score, at a mean label. */
  readonly curvature: (mean: number) => number;
}

/** The logistic model of clicks and the normal one of numbers. */
export const LIKELIHOODS: Readonly<Record<LabelKind, Likelihood>> = {
  clicks: {
    link: logit,
    mean: sigmoid,
    loss: (score, label) => softplus(score) - label * score,
    curvature: (mean) => mean * (1 - mean),
  },
  numbers: {
    link: (mean) => mean,
    mean: (score) => score,
    loss: (score, label) => 0.5 * (score - label) ** 2,
    curvature: () => 1,
  },
};

/** Labels that all lie in [0, 1] are clicks. */
export function labelKindOf(labels: Float32Array): LabelKind {
  return labels.every((label) => label >= 0 && label <= 1) ? 'clicks' : 'numbers';
}
