import type { Predictions } from '@limaml/plugin';
import { sigmoid } from '../numbers.js';

/** One bin of a {@link reliabilityCurve}. */
export interface ReliabilityBin {
  /** Predicted probabilities of the bin: `from ≤ p < to`, the last one with its upper end. */
  readonly from: number;
  readonly to: number;
  /** Rows in the bin. */
  readonly count: number;
  /** Mean predicted probability of its rows; null where there are none. */
  readonly meanPrediction: number | null;
  /** Share of its rows with label 1; null where there are none. */
  readonly observedRate: number | null;
}

/** Options of {@link reliabilityCurve} and of the metric `ece`, which is made from it. */
export interface CalibrationOptions {
  /** Bins of equal width over the probabilities 0 to 1. Default 15. */
  readonly bins?: number;
}

/**
 * How often what was predicted with probability p happens, by p: the points of a reliability diagram. A calibrated
 * model lies on the diagonal; how far the bins are from it on average is the metric `ece`.
 *
 * $$\overline{p}_b = \frac1{|B_b|} \sum_{r \in B_b} \sigma(z_r), \qquad
 *   \overline{y}_b = \frac1{|B_b|} \sum_{r \in B_b} y_r$$
 *
 * @param predictions scores are logits, labels 0 or 1
 * @returns all bins from 0 to 1, empty ones too
 * @see Guo et al. 2017, "On calibration of modern neural networks", section 2
 *
 * @example
 * ```ts
 * const points = reliabilityCurve(predictions, { bins: 10 }).filter(({ count }) => count > 0);
 * ```
 */
export function reliabilityCurve(
  { score, label }: Predictions,
  { bins = 15 }: CalibrationOptions = {},
): ReliabilityBin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, prediction: 0, positives: 0 }));
  for (let row = 0; row < label.length; row++) {
    const probability = sigmoid(score[row]!);
    const bin = sums[Math.min(bins - 1, Math.floor(probability * bins))]!;
    bin.count++;
    bin.prediction += probability;
    bin.positives += label[row]!;
  }
  return sums.map(({ count, prediction, positives }, at) => ({
    ...{ from: at / bins, to: (at + 1) / bins, count },
    meanPrediction: count === 0 ? null : prediction / count,
    observedRate: count === 0 ? null : positives / count,
  }));
}
