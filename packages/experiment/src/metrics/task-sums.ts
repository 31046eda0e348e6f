import type { MetricPlugin, Predictions } from '@limaml/plugin';

/** What a metric needs to know of each task, and how the sums over tasks become its value. */
export interface TaskSums {
  /** Numbers added up for each task. */
  readonly width: number;
  /** Tells `add` what each task contributes. */
  readonly collect: (
    predictions: Predictions,
    add: (task: number, at: number, amount: number) => void,
  ) => void;
  /** The value, from the sums over all tasks. */
  readonly value: (sums: Float64Array) => number | undefined;
}

/**
 * A metric that depends on sums over tasks only. Counting a task more than once is then a matter of weighing its
 * numbers, so that thousands of resamples cost no more than a few evaluations.
 */
export function metricOfSums({
  width,
  collect,
  value,
}: TaskSums): Required<Pick<MetricPlugin, 'evaluate' | 'weigh'>> {
  const weigh = (predictions: Predictions): ((weights: Float64Array) => number | undefined) => {
    const known = new Float64Array(predictions.tasks * width);
    collect(predictions, (task, at, amount) => {
      known[task * width + at]! += amount;
    });
    const sums = new Float64Array(width);
    return (weights) => {
      sums.fill(0);
      for (let task = 0; task < weights.length; task++) {
        const weight = weights[task]!;
        if (weight === 0) continue;
        for (let at = 0; at < width; at++) sums[at]! += weight * known[task * width + at]!;
      }
      return value(sums);
    };
  };
  return {
    weigh,
    evaluate: (predictions) => weigh(predictions)(new Float64Array(predictions.tasks).fill(1)),
  };
}

/** The mean over rows of what a row contributes; undefined without rows. */
export function meanOverRows(
  amountOf: (predictions: Predictions, row: number) => number,
  valueOf: (mean: number) => number = (mean) => mean,
): ReturnType<typeof metricOfSums> {
  return metricOfSums({
    width: 2,
    collect: (predictions, add) => {
      forEachRow(predictions, (row, task) => {
        add(task, 0, amountOf(predictions, row));
        add(task, 1, 1);
      });
    },
    value: ([total, rows]) => (rows === 0 ? undefined : valueOf(total! / rows!)),
  });
}

/** Visits every row with its task. */
export function forEachRow(
  { tasks, offsets }: Predictions,
  visit: (row: number, task: number) => void,
): void {
  for (let task = 0; task < tasks; task++) {
    for (let row = offsets[task]!; row < offsets[task + 1]!; row++) visit(row, task);
  }
}
