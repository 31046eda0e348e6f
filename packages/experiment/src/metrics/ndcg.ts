import { createRandom, type Random } from '@limaml/data';
import { defineMetric, type MetricPlugin, type Predictions } from '@limaml/plugin';

/** Options of {@link ndcg}. */
export interface NdcgOptions {
  /** Ranks that count. Default 10. */
  readonly k?: number;
}

/**
 * Normalised discounted cumulative gain of the first k ranks, averaged over tasks, each task weighing the
 * same. The gain of a row is `2^label − 1`, the discount of rank r is `1 / log2(r + 1)`. Rows with equal
 * scores are ranked in random order (seeded by the predictions), so a constant score gets the value of a
 * random ranking. Tasks without any gain are left out.
 *
 * $$\mathrm{nDCG@k} = \frac{\sum_{r \le k} (2^{y_{\pi(r)}} - 1) / \log_2(r + 1)}{\text{the same for the best order}}$$
 *
 * @see Järvelin & Kekäläinen 2002; gain of Burges et al. 2005
 */
export function ndcg({ k = 10 }: NdcgOptions = {}): MetricPlugin {
  return defineMetric({
    name: `ndcg@${k}`,
    better: 'higher',
    description: `nDCG of the first ${k} ranks, gain 2^label − 1, ties in random order, mean over tasks`,
    evaluate: (predictions) => meanTaskNdcg(predictions, k),
  });
}

function meanTaskNdcg(predictions: Predictions, k: number): number | undefined {
  const random = createRandom(predictions.seed);
  let total = 0;
  let tasks = 0;
  for (let task = 0; task < predictions.tasks; task++) {
    const value = taskNdcg(predictions, task, k, random);
    if (value === undefined) continue;
    total += value;
    tasks++;
  }
  return tasks === 0 ? undefined : total / tasks;
}

function taskNdcg(
  { offsets, score, label }: Predictions,
  task: number,
  k: number,
  random: Random,
): number | undefined {
  const start = offsets[task]!;
  const rows = offsets[task + 1]! - start;
  const tieBreak = Float64Array.from({ length: rows }, () => random.uniform());
  const ranking = Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => score[start + b]! - score[start + a]! || tieBreak[a]! - tieBreak[b]!,
  );
  const best = label
    .slice(start, start + rows)
    .sort()
    .reverse();
  const ideal = discountedGain((rank) => best[rank]!, Math.min(k, rows));
  if (ideal === 0) return undefined;
  return discountedGain((rank) => label[start + ranking[rank]!]!, Math.min(k, rows)) / ideal;
}

function discountedGain(labelAt: (rank: number) => number, ranks: number): number {
  let gain = 0;
  for (let rank = 0; rank < ranks; rank++) gain += (2 ** labelAt(rank) - 1) / Math.log2(rank + 2);
  return gain;
}
