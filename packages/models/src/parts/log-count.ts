import { add, log, sum, type Tensor } from '@limaml/graph';

/**
 * How much is known of a task: `log(1 + n)` with n its real rows, `[T, S]` → `[T, 1]`. Without parameters.
 *
 * @example
 * ```ts
 * const known = logCount(support.mask);
 * ```
 */
export function logCount(mask: Tensor): Tensor {
  return log(add(sum(mask, { axes: [1], keepDims: true }), 1));
}
