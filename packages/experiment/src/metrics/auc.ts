import { defineMetric, type MetricPlugin, type Predictions } from '@limaml/plugin';
import { forEachRow, metricOfSums } from './task-sums.js';

/**
 * Area under the ROC curve of all rows pooled: the probability that a random positive row scores above
 * a random negative one, a tie counting one half. Exact.
 *
 * $$\mathrm{AUC} = \frac{\#\{s^+ > s^-\} + \tfrac12 \#\{s^+ = s^-\}}{n^+ n^-}$$
 *
 * Undefined when one class is missing.
 */
export function auc(): MetricPlugin {
  return defineMetric({
    name: 'auc',
    better: 'higher',
    description: 'area under the ROC curve, all rows pooled, ties count one half',
    evaluate: (predictions) => rangeAuc(predictions, 0, predictions.label.length),
    weigh: weighPooledAuc,
  });
}

/**
 * Mean of each task's own AUC, weighted by the task's number of rows; tasks with one class only have no
 * AUC and are left out. What a ranking within one entity's list is worth: effects that are the same for
 * all of its rows do not count.
 *
 * $$\mathrm{GAUC} = \frac{\sum_t n_t\, \mathrm{AUC}_t}{\sum_t n_t}$$
 *
 * @see Zhu et al. 2017, "Optimized cost per click in Taobao display advertising"
 */
export function gauc(): MetricPlugin {
  return defineMetric({
    name: 'gauc',
    better: 'higher',
    description: 'AUC within each task, weighted by task size, tasks with both classes only',
    ...weightedTaskAuc(),
  });
}

function weightedTaskAuc(): ReturnType<typeof metricOfSums> {
  return metricOfSums({
    width: 2,
    collect: (predictions, add) => {
      for (let task = 0; task < predictions.tasks; task++) {
        const [start, end] = [predictions.offsets[task]!, predictions.offsets[task + 1]!];
        const area = rangeAuc(predictions, start, end);
        if (area === undefined) continue;
        add(task, 0, area * (end - start));
        add(task, 1, end - start);
      }
    },
    value: ([weighted, rows]) => (rows === 0 ? undefined : weighted! / rows!),
  });
}

/** All rows are sorted once; a weighing is then one pass over them, group by group of equal scores. */
function weighPooledAuc(predictions: Predictions): (weights: Float64Array) => number | undefined {
  const { score, label } = predictions;
  const order = Uint32Array.from(score, (_, row) => row).sort((a, b) => score[a]! - score[b]!);
  const taskOf = new Uint32Array(score.length);
  forEachRow(predictions, (row, task) => {
    taskOf[row] = task;
  });
  return (weights) => {
    let [wins, negatives, positives] = [0, 0, 0];
    for (let at = 0; at < order.length;) {
      const value = score[order[at]!]!;
      let [positive, negative] = [0, 0];
      for (; at < order.length && score[order[at]!] === value; at++) {
        const weight = weights[taskOf[order[at]!]!]!;
        if (label[order[at]!]! > 0.5) positive += weight;
        else negative += weight;
      }
      wins += positive * (negatives + negative / 2);
      positives += positive;
      negatives += negative;
    }
    return positives === 0 || negatives === 0 ? undefined : wins / (positives * negatives);
  };
}

/** AUC of rows start … end. */
function rangeAuc({ score, label }: Predictions, start: number, end: number): number | undefined {
  const positives = scoresOfClass(score, label, start, end, true);
  const negatives = scoresOfClass(score, label, start, end, false);
  if (positives.length === 0 || negatives.length === 0) return undefined;
  return countWins(positives, negatives) / (positives.length * negatives.length);
}

function scoresOfClass(
  score: Float32Array,
  label: Float32Array,
  start: number,
  end: number,
  positive: boolean,
): Float32Array {
  const scores = new Float32Array(end - start);
  let count = 0;
  for (let row = start; row < end; row++) {
    if (label[row]! > 0.5 === positive) scores[count++] = score[row]!;
  }
  return scores.subarray(0, count).sort();
}

/** Pairs that the positive wins, ties one half; both lists are sorted, so one merge is enough. */
function countWins(positives: Float32Array, negatives: Float32Array): number {
  let wins = 0;
  let below = 0;
  let notAbove = 0;
  for (const score of positives) {
    while (below < negatives.length && negatives[below]! < score) below++;
    while (notAbove < negatives.length && negatives[notAbove]! <= score) notAbove++;
    wins += below + (notAbove - below) / 2;
  }
  return wins;
}
