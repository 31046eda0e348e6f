import { defineMetric, type MetricPlugin } from '@limaml/plugin';
import { meanOverTasks, type RankedTask } from './ranking.js';

/** Options of {@link ndcg}. */
export interface NdcgOptions {
  /** Ranks that count. Default 10. */
  readonly k?: number;
  /**
   * What a row with label y is worth: `'exponential'`, 2^y − 1, the default; or `'linear'`, y, which is what MeLU
   * reports of ratings. For labels 0 and 1 both are the same.
   */
  readonly gain?: 'exponential' | 'linear';
}

const GAINS = {
  exponential: { of: (label: number) => 2 ** label - 1, name: 'ndcg', text: '2^label − 1' },
  linear: { of: (label: number) => label, name: 'ndcg-linear', text: 'label' },
} as const;

/**
 * Normalised discounted cumulative gain of the first k ranks, averaged over tasks, each task weighing the
 * same. The gain of a row is `2^label − 1` (or its label), the discount of rank r is `1 / log2(r + 1)`. The best
 * order that it is compared with fills `min(k, rows)` ranks. Rows with equal scores are ranked in random order
 * (seeded by the predictions), so a constant score gets the value of a random ranking. Tasks without any gain are
 * left out. Called `ndcg@k`, and `ndcg-linear@k` with linear gain.
 *
 * $$\mathrm{nDCG@k} = \frac{\sum_{r \le k} (2^{y_{\pi(r)}} - 1) / \log_2(r + 1)}{\text{the same for the best order}}$$
 *
 * @see Järvelin & Kekäläinen 2002; gain of Burges et al. 2005
 * @example
 * ```ts
 * registry.use(ndcg({ k: 3, gain: 'linear' })); // "ndcg-linear@3"
 * ```
 */
export function ndcg({ k = 10, gain = 'exponential' }: NdcgOptions = {}): MetricPlugin {
  const { of, name, text } = GAINS[gain];
  return defineMetric({
    name: `${name}@${k}`,
    better: 'higher',
    description: `nDCG of the first ${k} ranks, gain ${text}, ties in random order, mean over tasks`,
    ...meanOverTasks((task) => taskNdcg(task, k, of)),
  });
}

function taskNdcg(
  { labels }: RankedTask,
  k: number,
  gain: (label: number) => number,
): number | undefined {
  const best = labels.slice().sort().reverse();
  const ideal = discountedGain(best.subarray(0, k), gain);
  return ideal === 0 ? undefined : discountedGain(labels.subarray(0, k), gain) / ideal;
}

function discountedGain(labels: Float32Array, gain: (label: number) => number): number {
  return labels.reduce((sum, label, rank) => sum + gain(label) / Math.log2(rank + 2), 0);
}
