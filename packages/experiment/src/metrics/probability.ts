import { defineMetric, type MetricPlugin, type Predictions } from '@limaml/plugin';
import { softplus } from '../numbers.js';
import { reliabilityCurve, type CalibrationOptions } from './reliability.js';

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

/**
 * Normalised entropy: the log-loss over that of always predicting the share p of positives among these very rows.
 * Below 1 is better than knowing the base rate alone; data sets with different base rates become comparable.
 *
 * $$\mathrm{NE} = \frac{\text{log-loss}}{-p \log p - (1 - p) \log (1 - p)}$$
 *
 * Rows of one class have no entropy, and no value.
 *
 * @see He et al. 2014, "Practical lessons from predicting clicks on ads at Facebook", eq. (1)
 */
export function normalisedEntropy(): MetricPlugin {
  return defineMetric({
    name: 'normalisedEntropy',
    better: 'lower',
    description: 'log-loss over the entropy of the base rate',
    evaluate: lossOverEntropy,
  });
}

/**
 * Expected calibration error: how far predicted probabilities are from observed rates, on average over
 * bins B of equal width, those of `reliabilityCurve`.
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

function lossOverEntropy(predictions: Predictions): number | undefined {
  const loss = meanLogLoss(predictions);
  const rate = predictions.label.reduce((sum, label) => sum + label, 0) / predictions.label.length;
  if (loss === undefined || rate === 0 || rate === 1) return undefined;
  return loss / -(rate * Math.log(rate) + (1 - rate) * Math.log(1 - rate));
}

function calibrationError(predictions: Predictions, bins: number): number | undefined {
  const rows = predictions.label.length;
  if (rows === 0) return undefined;
  const gaps = reliabilityCurve(predictions, { bins }).map(
    ({ count, meanPrediction, observedRate }) =>
      count === 0 ? 0 : count * Math.abs(meanPrediction! - observedRate!),
  );
  return gaps.reduce((sum, gap) => sum + gap, 0) / rows;
}
