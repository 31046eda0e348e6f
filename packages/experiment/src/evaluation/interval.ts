/** A mean over seeds with its 95 % interval; without one (`null`) when there are fewer than two values. */
export interface MeanInterval {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Two-sided 95 % quantiles of Student's t for 1 to 10 degrees of freedom. */
const T_QUANTILES = [
  12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157,
  2.228139,
];

/** The same quantile of the normal distribution. */
const Z_QUANTILE = 1.959964;

/**
 * Mean of a metric over seeds and its 95 % t-interval. It says how much the mean moves with the seed
 * (split, initialisation, order of tasks), not how much it would move with other test tasks.
 *
 * $$\bar x \pm t_{0.975,\,n-1}\, s / \sqrt n$$
 *
 * One value has no interval: `low` and `high` are null, not equal to the mean.
 *
 * @param values one value per seed, at least one
 *
 * @example
 * ```ts
 * meanInterval([0.78, 0.79, 0.8]); // { mean: 0.79, low: 0.765…, high: 0.814… }
 * ```
 */
export function meanInterval(values: readonly number[]): MeanInterval {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, low: null, high: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = tQuantile(n - 1) * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half };
}

/** Two-sided 95 % quantile of Student's t. Beyond the table, Fisher's expansion in 1/ν is right to 2e-4. */
export function tQuantile(degrees: number): number {
  const z = Z_QUANTILE;
  return (
    T_QUANTILES[degrees - 1] ??
    z +
      (z ** 3 + z) / (4 * degrees) +
      (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
      (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  );
}
