import { defineMetric, type MetricPlugin, type Predictions } from '@limaml/plugin';
import { sigmoid, softplus } from '../numbers.js';
import type { CalibrationOptions } from './reliability.js';
import { forEachRow, meanOverRows, metricOfSums } from './task-sums.js';

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
    ...meanOverRows(rowLogLoss),
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
    ...lossOverEntropy(),
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
    ...calibrationError(bins),
  });
}

function rowLogLoss({ score, label }: Predictions, row: number): number {
  return softplus(score[row]!) - label[row]! * score[row]!;
}

function lossOverEntropy(): ReturnType<typeof metricOfSums> {
  return metricOfSums({
    width: 3,
    collect: (predictions, add) => {
      forEachRow(predictions, (row, task) => {
        add(task, 0, rowLogLoss(predictions, row));
        add(task, 1, predictions.label[row]!);
        add(task, 2, 1);
      });
    },
    value: ([loss, positives, rows]) => {
      const rate = positives! / rows!;
      if (rows === 0 || rate === 0 || rate === 1) return undefined;
      return loss! / rows! / -(rate * Math.log(rate) + (1 - rate) * Math.log(1 - rate));
    },
  });
}

/** |n_b (mean p − mean y)| = |Σ (p − y)|, so one signed sum per bin is enough. */
function calibrationError(bins: number): ReturnType<typeof metricOfSums> {
  return metricOfSums({
    width: bins + 1,
    collect: (predictions, add) => {
      forEachRow(predictions, (row, task) => {
        const probability = sigmoid(predictions.score[row]!);
        const bin = Math.min(bins - 1, Math.floor(probability * bins));
        add(task, bin, probability - predictions.label[row]!);
        add(task, bins, 1);
      });
    },
    value: (sums) => {
      const rows = sums[bins]!;
      const gaps = sums.subarray(0, bins).reduce((total, gap) => total + Math.abs(gap), 0);
      return rows === 0 ? undefined : gaps / rows;
    },
  });
}
