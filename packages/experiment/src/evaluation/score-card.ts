import type { Episode } from '@limaml/data';
import type { MetricPlugin, Predictions } from '@limaml/plugin';
import type { ExperimentSpec } from '../spec/schema.js';

/** Values of metrics by name; null where a metric does not exist (AUC of one class). */
export type MetricValues = Readonly<Record<string, number | null>>;

/** Metrics of the tasks of one size of support set. */
export interface CohortCard {
  /** `<15`, `15–39`, `40`. */
  readonly name: string;
  readonly tasks: number;
  readonly metrics: MetricValues;
}

/** How good one set of predictions is, in all and by support size. */
export interface ScoreCard {
  readonly metrics: MetricValues;
  readonly cohorts: readonly CohortCard[];
}

/** Evaluates predictions of episodes, task t of which is `episodes[t]`. */
export function scorePredictions(
  predictions: Predictions,
  episodes: readonly Episode[],
  metrics: readonly MetricPlugin[],
  spec: Pick<ExperimentSpec, 'cohorts' | 'split'>,
): ScoreCard {
  const cohorts = cohortRanges(spec).map(({ name, from, below }) => {
    const part = selectTasks(predictions, (task) => {
      const size = episodes[task]!.supportEnd - episodes[task]!.supportStart;
      return size >= from && size < below;
    });
    return { name, tasks: part.tasks, metrics: evaluateAll(metrics, part) };
  });
  return { metrics: evaluateAll(metrics, predictions), cohorts };
}

/** Support sizes `from ≤ size < below` of each cohort. */
export function cohortRanges({
  cohorts: edges,
  split: { maxSupport },
}: Pick<ExperimentSpec, 'cohorts' | 'split'>): { name: string; from: number; below: number }[] {
  if (edges.length === 0) return [];
  return [0, ...edges].map((from, index) => {
    const below = edges[index] ?? Infinity;
    return { name: cohortName(from, below, maxSupport), from, below };
  });
}

function cohortName(from: number, below: number, maxSupport: number): string {
  if (from === 0) return `<${below}`;
  const last = Math.min(below - 1, maxSupport);
  return last > from ? `${from}–${last}` : `${from}`;
}

/** Predictions of some of the tasks. */
function selectTasks(predictions: Predictions, keep: (task: number) => boolean): Predictions {
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

function evaluateAll(metrics: readonly MetricPlugin[], predictions: Predictions): MetricValues {
  return Object.fromEntries(
    metrics.map((metric) => [metric.name, metric.evaluate(predictions) ?? null]),
  );
}
