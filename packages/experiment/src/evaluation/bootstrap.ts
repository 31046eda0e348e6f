import { createRandom, type Random } from '@limaml/data';
import type { MetricPlugin, Predictions } from '@limaml/plugin';

/** How sure a difference of two models is. */
export interface BootstrapDifference {
  /** Difference on the tasks as they are, mean over seeds. */
  readonly mean: number;
  /** 95 % interval: percentiles of the resamples. */
  readonly low: number;
  readonly high: number;
  /** Two-sided p-value of no difference. */
  readonly p: number;
}

/** How tasks are drawn. */
export interface BootstrapOptions {
  /** Default 1000. */
  readonly resamples?: number;
  /** Default 1. */
  readonly seed?: number;
}

/** Values of a metric: entry 0 on the tasks as they are, then one per resample; NaN where it does not exist. */
type Resampled = Float64Array;

/**
 * Values of metrics on resampled tasks, for one model and one seed of an experiment. The tasks of a resample depend on
 * the seed and their number alone, so two models that predicted the same tasks meet the same resamples.
 *
 * @param metrics a metric without `weigh` is evaluated on gathered rows, which takes longer
 */
export function resampleMetrics(
  predictions: Predictions,
  metrics: readonly MetricPlugin[],
  { resamples = 1000, seed = 1 }: BootstrapOptions = {},
): Resampled[] {
  const weighed = metrics.map(
    (metric) => metric.weigh?.(predictions) ?? gathered(metric, predictions),
  );
  const values = metrics.map(() => new Float64Array(resamples + 1));
  const weights = new Float64Array(predictions.tasks).fill(1);
  const random = createRandom(seed, predictions.seed);
  for (let resample = 0; resample <= resamples; resample++) {
    if (resample > 0) drawTasks(weights, random);
    weighed.forEach((valueOf, metric) => {
      values[metric]![resample] = valueOf(weights) ?? NaN;
    });
  }
  return values;
}

function drawTasks(weights: Float64Array, random: Random): void {
  weights.fill(0);
  weights.forEach(() => weights[random.int(weights.length)]!++);
}

/**
 * Paired bootstrap of the difference of a metric between two models over seeds and tasks: seeds are drawn with
 * replacement, then tasks within each of them, the same for both models.
 *
 * $$p = 2 \min\left(\frac{1 + \#\{d_b \le 0\}}{1 + B}, \frac{1 + \#\{d_b \ge 0\}}{1 + B}\right)$$
 *
 * Test sets of different seeds share entities, so intervals over seeds and tasks are somewhat narrow; they say what
 * other tasks of the same kind would do, which an interval over seeds alone does not.
 *
 * @param first values of one model, one entry per seed, from {@link resampleMetrics}
 * @param other those of the other, same seeds
 * @returns undefined where the metric never exists for both
 * @see Efron & Tibshirani 1993, chapters 13 and 16; Dror et al. 2018, "The hitchhiker's guide to testing statistical
 *   significance in NLP"
 */
export function bootstrapDifference(
  first: readonly Resampled[],
  other: readonly Resampled[],
  { seed = 1 }: BootstrapOptions = {},
): BootstrapDifference | undefined {
  const differences = first.map((values, at) => values.map((value, b) => value - other[at]![b]!));
  const mean = meanOf(differences.map((values) => values[0]!));
  const drawn = drawDifferences(differences, createRandom(seed, SEED_STREAM));
  if (Number.isNaN(mean) || drawn.length === 0) return undefined;
  const at = (share: number): number => drawn[Math.round(share * (drawn.length - 1))]!;
  return { mean, low: at(0.025), high: at(0.975), p: twoSided(drawn) };
}

/** Keeps the draw of seeds apart from that of tasks. */
const SEED_STREAM = 5;

/** One mean difference per resample, ascending; resamples in which the metric does not exist are left out. */
function drawDifferences(differences: readonly Resampled[], random: Random): Float64Array {
  const resamples = differences[0]!.length - 1;
  const seeds = differences.length;
  const drawn = Float64Array.from({ length: resamples }, (_, resample) =>
    meanOf(differences.map(() => differences[random.int(seeds)]![resample + 1]!)),
  );
  return drawn.filter((value) => !Number.isNaN(value)).sort();
}

function twoSided(drawn: Float64Array): number {
  const share = (count: number): number => (1 + count) / (1 + drawn.length);
  const notAbove = drawn.filter((value) => value <= 0).length;
  const notBelow = drawn.filter((value) => value >= 0).length;
  return Math.min(1, 2 * Math.min(share(notAbove), share(notBelow)));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * p-values adjusted for several comparisons (Holm): each says at which error rate of the whole family its own
 * comparison would be called a difference.
 *
 * @see Holm 1979, "A simple sequentially rejective multiple test procedure"
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((a, b) => values[a]! - values[b]!);
  const adjusted = values.slice();
  let largest = 0;
  order.forEach((at, rank) => {
    largest = Math.max(largest, Math.min(1, values[at]! * (values.length - rank)));
    adjusted[at] = largest;
  });
  return adjusted;
}

/** Evaluates a metric on the rows of the drawn tasks, one after the other. */
function gathered(
  metric: MetricPlugin,
  predictions: Predictions,
): (weights: Float64Array) => number | undefined {
  const { offsets, score, label, seed } = predictions;
  return (weights) => {
    const drawn = Array.from(weights).flatMap((weight, task) => Array<number>(weight).fill(task));
    const rows = drawn.flatMap((task) =>
      Array.from({ length: offsets[task + 1]! - offsets[task]! }, (_, at) => offsets[task]! + at),
    );
    const ends = new Int32Array(drawn.length + 1);
    drawn.forEach((task, at) => {
      ends[at + 1] = ends[at]! + offsets[task + 1]! - offsets[task]!;
    });
    return metric.evaluate({
      ...{ tasks: drawn.length, offsets: ends, seed },
      score: Float32Array.from(rows, (row) => score[row]!),
      label: Float32Array.from(rows, (row) => label[row]!),
    });
  };
}
