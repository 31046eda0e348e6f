import { meanPool } from '@limaml/core';
import { add, concat, log, square, sub, sum } from '@limaml/graph';
import type { SupportEncoder } from './support-encoder.js';

/** Options of {@link supportStatistics}. */
export interface SupportStatisticsOptions {
  /** C: width of the signals. */
  readonly signals: number;
  /** c: rows at zero that every mean starts with. Default 3. */
  readonly shrinkage?: number;
}

/**
 * How many rows there are, and the shrunk means of their signals and of the squares of these: how
 * readily the entity responds, and how evenly.
 *
 * $$\Big[ \log(1 + n) - 2;\ \frac{\sum_s \text{signals}_s}{n + c};\ \frac{\sum_s \text{signals}_s^2}{n + c} \Big]$$
 *
 * ```
 * signals [T, S, C] ──▶ [T, 1 + 2C]
 * ```
 *
 * No parameters.
 */
export function supportStatistics({
  signals,
  shrinkage = 3,
}: SupportStatisticsOptions): SupportEncoder {
  return {
    params: {},
    width: 1 + 2 * signals,
    apply(_, { signals: values, mask }) {
      const rows = sum(mask, { axes: [1], keepDims: true });
      const moments = concat([values, square(values)], -1);
      // e² − 1 ≈ 6 rows count as neither few nor many.
      return concat([sub(log(add(rows, 1)), 2), meanPool(moments, mask, shrinkage)], -1);
    },
  };
}
