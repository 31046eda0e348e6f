import { defineMetric, type MetricPlugin } from '@limaml/plugin';
import { hitsAt, isRelevant, meanOverTasks, type RankedTask } from './ranking.js';

/** Options of the metrics of the first k ranks. */
export interface AtKOptions {
  /** Ranks that count. Default 10. */
  readonly k?: number;
}

/**
 * Share of a task's relevant rows (label above ½) that are among its first k, mean over tasks. Ties in random
 * order; tasks without a relevant row are left out. Called `recall@k`.
 *
 * $$\mathrm{Recall@k} = \frac{\#\{r \le k : y_{\pi(r)} = 1\}}{\#\{r : y_r = 1\}}$$
 *
 * Where a task has more than k relevant rows the best ranking stays below 1, as in RecBole.
 *
 * @see https://recbole.io/docs/recbole/recbole.evaluator.metrics.html
 * @example
 * ```ts
 * registry.use(recall({ k: 5 })); // "recall@5"
 * ```
 */
export function recall({ k = 10 }: AtKOptions = {}): MetricPlugin {
  return rankingMetric(
    `recall@${k}`,
    `share of the relevant rows in the first ${k} ranks`,
    (task) => hitsAt(task, k) / task.positives,
  );
}

/**
 * Share of the first k ranks that are relevant (label above ½), mean over tasks. Divides by k where a task has
 * fewer rows too, as RecBole does. Ties in random order; tasks without a relevant row are left out. Called
 * `precision@k`.
 *
 * $$\mathrm{Precision@k} = \frac1k \#\{r \le k : y_{\pi(r)} = 1\}$$
 *
 * @see https://recbole.io/docs/recbole/recbole.evaluator.metrics.html
 * @example
 * ```ts
 * registry.use(precision({ k: 5 })); // "precision@5"
 * ```
 */
export function precision({ k = 10 }: AtKOptions = {}): MetricPlugin {
  return rankingMetric(
    `precision@${k}`,
    `share of the first ${k} ranks that are relevant`,
    (task) => hitsAt(task, k) / k,
  );
}

/**
 * Share of tasks with a relevant row (label above ½) among their first k. Ties in random order; tasks without a
 * relevant row are left out. Called `hit-rate@k`.
 *
 * @see https://recbole.io/docs/recbole/recbole.evaluator.metrics.html, `hit`
 * @example
 * ```ts
 * registry.use(hitRate({ k: 5 })); // "hit-rate@5"
 * ```
 */
export function hitRate({ k = 10 }: AtKOptions = {}): MetricPlugin {
  return rankingMetric(
    `hit-rate@${k}`,
    `share of tasks with a relevant row in the first ${k} ranks`,
    (task) => Math.sign(hitsAt(task, k)),
  );
}

/**
 * Mean reciprocal rank: 1 over the rank of a task's first relevant row (label above ½), 0 where none is among the
 * first k, mean over tasks. Ties in random order; tasks without a relevant row are left out. Called `mrr@k`.
 *
 * $$\mathrm{MRR@k} = \operatorname{mean}_t \frac{[r_t \le k]}{r_t}, \qquad r_t = \min \{r : y_{\pi(r)} = 1\}$$
 *
 * @see https://recbole.io/docs/recbole/recbole.evaluator.metrics.html
 * @example
 * ```ts
 * registry.use(mrr({ k: 5 })); // "mrr@5"
 * ```
 */
export function mrr({ k = 10 }: AtKOptions = {}): MetricPlugin {
  return rankingMetric(
    `mrr@${k}`,
    `reciprocal rank of the first relevant row, 0 beyond rank ${k}`,
    (task) => {
      const first = task.labels.findIndex(isRelevant);
      return first < k ? 1 / (first + 1) : 0;
    },
  );
}

/** @param valueOf of a task with at least one relevant row */
function rankingMetric(
  name: string,
  what: string,
  valueOf: (task: RankedTask) => number,
): MetricPlugin {
  return defineMetric({
    name,
    better: 'higher',
    description: `${what}, ties in random order, mean over tasks`,
    ...meanOverTasks((task) => (task.positives === 0 ? undefined : valueOf(task))),
  });
}
