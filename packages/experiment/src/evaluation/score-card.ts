import type { MetricPlugin, Predictions } from '@limaml/plugin';
import type { Cohort } from './cohorts.js';

/** Values of metrics by name; null where a metric does not exist (AUC of one class). */
export type MetricValues = Readonly<Record<string, number | null>>;

/** Metrics of the tasks of one cohort. */
export interface CohortCard {
  /** What divides the tasks: `support`, `recency`, `known`, or the name of a feature. */
  readonly by: string;
  /** `<15`, `15–39`, `40`. */
  readonly name: string;
  readonly tasks: number;
  readonly metrics: MetricValues;
}

/** How good one set of predictions is, in all and by cohort. */
export interface ScoreCard {
  readonly metrics: MetricValues;
  readonly cohorts: readonly CohortCard[];
}

/** Evaluates predictions, in all and for each cohort of their tasks. */
export function scorePredictions(
  predictions: Predictions,
  cohorts: readonly Cohort[],
  metrics: readonly MetricPlugin[],
): ScoreCard {
  return {
    metrics: evaluateAll(metrics, predictions),
    cohorts: cohorts.map(({ by, name, has }) => {
      const part = selectTasks(predictions, has);
      return { by, name, tasks: part.tasks, metrics: evaluateAll(metrics, part) };
    }),
  };
}

/** Predictions of some of the tasks. */
export function selectTasks(
  predictions: Predictions,
  keep: (task: number) => boolean,
): Predictions {
  const { offsets, score, label } = predictions;
  const chosen = Array.from({ length: predictions.tasks }, (_, task) => task).filter(keep);
  const part = new Int32Array(chosen.length + 1);
  chosen.forEach((task, at) => (part[at + 1] = part[at]! + offsets[task + 1]! - offsets[task]!));
  const gather = (values: Float32Array): Float32Array => {
    const gathered = new Float32Array(part[chosen.length]!);
    chosen.forEach((task, at) => {
      gathered.set(values.subarray(offsets[task], offsets[task + 1]), part[at]);
    });
    return gathered;
  };
  return {
    ...predictions,
    tasks: chosen.length,
    offsets: part,
    score: gather(score),
    label: gather(label),
  };
}

/** All metrics of some predictions. */
export function evaluateAll(
  metrics: readonly MetricPlugin[],
  predictions: Predictions,
): MetricValues {
  return Object.fromEntries(
    metrics.map((metric) => [metric.name, metric.evaluate(predictions) ?? null]),
  );
}
