import { add, div, maximum, mul, softplus, square, sub, sum, type Tensor } from '@limaml/graph';
import type { Algorithm } from './algorithm/algorithm.js';

/**
 * Binary cross-entropy of logits, per row; finite for any finite logit.
 *
 * $$\ell(z, y) = \log(1 + e^z) - z y$$
 *
 * @param logits z, any shape
 * @param label y in [0, 1], of a shape that broadcasts with it
 */
export function binaryCrossEntropy(logits: Tensor, label: Tensor): Tensor {
  return sub(softplus(logits), mul(logits, label));
}

/**
 * Squared error, per row: $\ell(z, y) = (z - y)^2$.
 *
 * @param prediction z, any shape
 * @param label y, of a shape that broadcasts with it
 */
export function squaredError(prediction: Tensor, label: Tensor): Tensor {
  return square(sub(prediction, label));
}

/** The loss of one row that an algorithm names. */
export const ROW_LOSSES: Readonly<Record<Algorithm['loss'], (z: Tensor, y: Tensor) => Tensor>> = {
  'binary-cross-entropy': binaryCrossEntropy,
  'squared-error': squaredError,
};

/** Options of {@link maskedMean}. */
export interface MaskedMeanOptions {
  /** Axes to average over. Default: all of them. */
  readonly axes?: readonly number[];
  /** c ≥ 0: draws the mean of few rows towards zero. Default 0. */
  readonly shrinkage?: number;
}

/**
 * Mean over real rows, with shrinkage: padded rows contribute exactly nothing, and no rows give 0.
 *
 * $$\frac{\sum_b w_b \ell_b}{\sum_b w_b + c}$$
 *
 * @param values ℓ `[…, B]`
 * @param mask w, 1 for a real row and 0 for padding, the shape of `values`
 * @param options see {@link MaskedMeanOptions}
 */
export function maskedMean(values: Tensor, mask: Tensor, options: MaskedMeanOptions = {}): Tensor {
  const { axes, shrinkage = 0 } = options;
  const over = axes === undefined ? {} : { axes };
  const total = sum(mul(values, mask), over);
  const count = add(sum(mask, over), shrinkage);
  // One real row makes the count at least 1; without any the total is 0, and 0 / 1 is the answer.
  return div(total, maximum(count, 1));
}
