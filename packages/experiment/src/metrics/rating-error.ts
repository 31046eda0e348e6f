import { defineMetric, type MetricPlugin, type Predictions } from '@limaml/plugin';

/** Mean absolute error of predicted ratings, in the ratings' unit. For regression only: scores are values, not logits. */
export function mae(): MetricPlugin {
  return defineMetric({
    name: 'mae',
    better: 'lower',
    description: 'mean absolute error of predicted ratings',
    evaluate: (predictions) => meanError(predictions, Math.abs),
  });
}

/** Root of the mean squared error of predicted ratings, in the ratings' unit. For regression only. */
export function rmse(): MetricPlugin {
  return defineMetric({
    name: 'rmse',
    better: 'lower',
    description: 'root mean squared error of predicted ratings',
    evaluate: (predictions) => {
      const squared = meanError(predictions, (error) => error * error);
      return squared === undefined ? undefined : Math.sqrt(squared);
    },
  });
}

function meanError(
  { score, label }: Predictions,
  size: (error: number) => number,
): number | undefined {
  if (label.length === 0) return undefined;
  let total = 0;
  for (let row = 0; row < label.length; row++) total += size(score[row]! - label[row]!);
  return total / label.length;
}
