import { createRandom, type Random } from '@limaml/data';
import type { Predictions } from '@limaml/plugin';
import { metricOfSums } from './task-sums.js';

/** The query rows of one task, best score first. */
export interface RankedTask {
  /** Labels by rank. */
  readonly labels: Float32Array;
  /** Rows that are relevant: those with a label above ½. */
  readonly positives: number;
}

/**
 * Mean over tasks of what a task's ranking is worth, each task weighing the same. Rows with equal scores are
 * ranked in random order (seeded by the predictions), so a constant score gets the value of a random ranking.
 * Undefined when every task is left out.
 *
 * @param valueOf undefined for tasks that are left out
 */
export function meanOverTasks(
  valueOf: (task: RankedTask) => number | undefined,
): ReturnType<typeof metricOfSums> {
  return metricOfSums({
    width: 2,
    collect: (predictions, add) => {
      const random = createRandom(predictions.seed);
      for (let task = 0; task < predictions.tasks; task++) {
        const value = valueOf(rankTask(predictions, task, random));
        if (value === undefined) continue;
        add(task, 0, value);
        add(task, 1, 1);
      }
    },
    value: ([total, counted]) => (counted === 0 ? undefined : total! / counted!),
  });
}

/** Relevant rows among the first k. */
export function hitsAt({ labels }: RankedTask, k: number): number {
  return labels.subarray(0, k).filter(isRelevant).length;
}

/** Whether a row with this label is one that a ranking should show. */
export function isRelevant(label: number): boolean {
  return label > 0.5;
}

function rankTask(
  { offsets, score, label }: Predictions,
  task: number,
  random: Random,
): RankedTask {
  const start = offsets[task]!;
  const rows = offsets[task + 1]! - start;
  const tieBreak = Float64Array.from({ length: rows }, () => random.uniform());
  const ranking = Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => score[start + b]! - score[start + a]! || tieBreak[a]! - tieBreak[b]!,
  );
  const labels = Float32Array.from(ranking, (row) => label[start + row]!);
  return { labels, positives: labels.filter(isRelevant).length };
}
