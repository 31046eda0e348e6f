import { requireInRange } from './optimizer.js';

/** Factor on the learning rate at step 0, 1, 2… */
export type Schedule = (step: number) => number;

/** Options of {@link cosineSchedule}. */
export interface CosineScheduleOptions {
  /** Steps N until the factor has fallen to `floor`; it stays there. */
  readonly steps: number;
  /** Steps W of linear warm-up, from 1/W to 1. Default 0. */
  readonly warmup?: number;
  /** Factor at the end. Default 0. */
  readonly floor?: number;
}

/**
 * Linear warm-up times a half cosine.
 *
 * $$\min\!\Big(1, \frac{n + 1}{W}\Big) \cdot \Big( f + (1 - f)\, \tfrac12 \big(1 + \cos(\pi \min(1, n / N))\big) \Big)$$
 *
 * @throws LIMAML_ERR_CORE_OPTION_INVALID when an option is out of range
 * @see Loshchilov & Hutter 2017, eq. (5), one cycle
 *
 * @example
 * ```ts
 * const schedule = cosineSchedule({ steps: 2000, warmup: 100 });
 * optimizer.step(gradients, schedule(step));
 * ```
 */
export function cosineSchedule(options: CosineScheduleOptions): Schedule {
  const steps = requireInRange('steps', options.steps, 1, Infinity);
  const warmup = requireInRange('warmup', options.warmup ?? 0, 0, Infinity);
  const floor = requireInRange('floor', options.floor ?? 0, 0, 1);
  return (step) => {
    const rise = warmup > 0 ? Math.min(1, (step + 1) / warmup) : 1;
    const fall = (1 + Math.cos(Math.PI * Math.min(1, step / steps))) / 2;
    return rise * (floor + (1 - floor) * fall);
  };
}
