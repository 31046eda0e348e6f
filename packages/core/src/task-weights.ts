import { cast, div, equal, greater, mul, select, sum, type Tensor } from '@limaml/graph';
import type { Algorithm } from './algorithm/algorithm.js';
import { callHook } from './algorithm/hooks.js';
import { maskedMean } from './losses.js';

/** Which rows of an episode batch are real. */
export interface EpisodeMasks {
  /** `[T, S]`. */
  readonly support: Tensor;
  /** `[T, Q]`. */
  readonly query: Tensor;
}

/**
 * How much each task counts in the outer loop, `[T]`, not normalised: its real query rows, 1, or what the
 * hook `taskWeights` says; 0 for a task without query rows.
 *
 * @throws LIMAML_ERR_CORE_HOOK_FAILED, LIMAML_ERR_CORE_HOOK_SHAPE
 */
export function taskWeights(algorithm: Algorithm, masks: EpisodeMasks): Tensor {
  const { name, hooks, taskWeighting } = algorithm;
  const [queryRows, supportRows] = [masks.query, masks.support].map((mask) =>
    sum(mask, { axes: [1] }),
  ) as [Tensor, Tensor];
  const present = cast(greater(queryRows, 0), 'float32');
  const hook = hooks?.taskWeights;
  if (hook) {
    const call = (): Tensor => hook({ queryRows, supportRows });
    return mul(present, callHook(name, 'taskWeights', queryRows.shape, call));
  }
  return taskWeighting === 'size' ? queryRows : present;
}

/** The same, with sum 1; all 0 where no task counts. */
export function taskShares(algorithm: Algorithm, masks: EpisodeMasks): Tensor {
  const weights = taskWeights(algorithm, masks);
  const total = sum(weights);
  return div(weights, select(equal(total, 0), 1, total));
}

/**
 * Mean of row losses `[T, Q]` over the tasks of a batch, each with its weight; rows of one task count the same.
 *
 * $$L = \sum_i \frac{w_i}{\sum_j w_j} \cdot \frac{1}{Q_i} \sum_q \ell_{iq}$$
 *
 * where $Q_i$ are the real query rows of task i. With $w_i = Q_i$ it is the mean over all real rows.
 */
export function meanOverTasks(losses: Tensor, algorithm: Algorithm, masks: EpisodeMasks): Tensor {
  if (weighsBySize(algorithm)) return maskedMean(losses, masks.query);
  return sum(mul(taskShares(algorithm, masks), maskedMean(losses, masks.query, { axes: [1] })));
}

/** Whether the outer loss is a plain mean over all rows. */
export function weighsBySize({ taskWeighting, hooks }: Algorithm): boolean {
  return taskWeighting === 'size' && hooks?.taskWeights === undefined;
}
