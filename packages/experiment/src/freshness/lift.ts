import { tQuantile, type MeanInterval } from '../evaluation/interval.js';

/** A sum over the slates of each member, and how many there are. */
export interface MemberSums {
  readonly slates: readonly number[];
  readonly sums: readonly number[];
}

/**
 * Mean over all slates and its 95 % t-interval over members, whose slates are not independent:
 *
 * $$\bar x = \frac{\sum_m x_m}{\sum_m n_m} \pm t_{0.975,\,M-1}
 *   \frac{\sqrt{\frac{M}{M-1}\sum_m (x_m - \bar x\, n_m)^2}}{\sum_m n_m}$$
 *
 * The mean of differences of two rankings of the same slates is paired in this way.
 *
 * @example
 * ```ts
 * meanOfSlates({ slates: [2, 1], sums: [0.8, 0.4] }).mean; // 0.4
 * ```
 */
export function meanOfSlates({ slates, sums }: MemberSums): MeanInterval {
  const total = add(slates);
  const mean = add(sums) / total;
  return around(
    mean,
    sums.map((sum, m) => (sum - mean * slates[m]!) / total),
  );
}

/**
 * By how much the mean of one ranking is above that of another of the same slates, as a share of the latter, with
 * the 95 % t-interval over members of the ratio (linearised): $\sum a_m / \sum b_m - 1$.
 *
 * @example
 * ```ts
 * relativeLift([0.6, 0.6], [0.5, 0.5]).mean; // 0.2
 * ```
 */
export function relativeLift(first: readonly number[], other: readonly number[]): MeanInterval {
  const total = add(other);
  const ratio = add(first) / total;
  return around(
    ratio - 1,
    first.map((sum, m) => (sum - ratio * other[m]!) / total),
  );
}

/** @param residuals what each member adds to the linearised error; their sum is 0 */
function around(mean: number, residuals: readonly number[]): MeanInterval {
  const members = residuals.length;
  if (members < 2) return { mean, low: null, high: null };
  const squares = residuals.reduce((sum, value) => sum + value * value, 0);
  const half = tQuantile(members - 1) * Math.sqrt((squares * members) / (members - 1));
  return { mean, low: mean - half, high: mean + half };
}

function add(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
