import { defineMetric, type MetricPlugin } from '@limaml/plugin';
import { meanOverRows } from './task-sums.js';

/** Mean absolute error of predicted ratings, in the ratings' unit. For regression only: scores are values, not logits. */
export function mae(): MetricPlugin {
  return defineMetric({
    name: 'mae',
    better: 'lower',
    description: 'mean absolute error of predicted ratings',
    ...meanOverRows(({ score, label }, row) => Math.abs(score[row]! - label[row]!)),
  });
}

/** Root of the mean squared error of predicted ratings, in the ratings' unit. For regression only. */
export function rmse(): MetricPlugin {
  return defineMetric({
    name: 'rmse',
    better: 'lower',
    description: 'root mean squared error of predicted ratings',
    ...meanOverRows(({ score, label }, row) => (score[row]! - label[row]!) ** 2, Math.sqrt),
  });
}
