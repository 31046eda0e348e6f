import { defineMetric, type MetricPlugin, type Predictions } from '@limaml/plugin';
import { sigmoid, softplus } from '../numbers.js';

/**
 * Mean log-loss of the predicted probabilities, in nats. Scores are logits z, labels y are 0 or 1.
 *
 * $$\frac1n \sum_r \log(1 + e^{z_r}) - y_r z_r$$
 */
export function logLoss(): MetricPlugin {
  return defineMetric({
    name: 'logLoss',
    better: 'lower',
    description: 'mean log-loss in nats',
    evaluate: meanLogLoss,
  });
}

/** Options of {@link ece}. */
export interface CalibrationOptions {
  /** Bins of equal width over the probabilities 0 to 1. Default 15. */
  readonly bins?: number;
}

/**
 * Expected calibration error: how far predicted probabilities are from observed rates, on average over
 * bins B of equal width.
 *
 * $$\mathrm{ECE} = \sum_b \frac{|B_b|}{n} \left| \overline{p}_b - \overline{y}_b \right|$$
 *
 * @see Guo et al. 2017, "On calibration of modern neural networks", eq. (5)
 */
export function ece({ bins = 15 }: CalibrationOptions = {}): MetricPlugin {
  return defineMetric({
    name: 'ece',
    better: 'lower',
    description: `expected calibration error, ${bins} bins of equal width`,
    evaluate: (predictions) => calibrationError(predictions, bins),
  });
}

function meanLogLoss({ score, label }: Predictions): number | undefined {
  if (label.length === 0) return undefined;
  let total = 0;
  for (let row = 0; row < label.length; row++) {
    total += softplus(score[row]!) - label[row]! * score[row]!;
  }
  return total / label.length;
}

function calibrationError({ score, label }: Predictions, bins: number): number | undefined {
  if (label.length === 0) return undefined;
  // |n_b (mean p − mean y)| = |Σ (p − y)|, so one signed sum per bin is enough.
  const gaps = new Float64Array(bins);
  for (let row = 0; row < label.length; row++) {
    const probability = sigmoid(score[row]!);
    gaps[Math.min(bins - 1, Math.floor(probability * bins))]! += probability - label[row]!;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / label.length;
}
