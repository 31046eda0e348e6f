import { optionInvalid } from '../errors.js';
import { requireInRange } from './optimizer.js';

/** Factor on the learning rate at step 0, 1, 2… */
export type Schedule = (step: number) => number;

/** What every schedule has. */
export interface ScheduleOptions {
  /** Steps W of linear warm-up, from 1/W to 1. Default 0. */
  readonly warmup?: number;
}

/** Options of schedules that fall to a floor. */
export interface FallingScheduleOptions extends ScheduleOptions {
  /** Steps N until the factor has fallen to `floor`; it stays there. */
  readonly steps: number;
  /** Factor f at the end. Default 0. */
  readonly floor?: number;
}

/** Options of {@link stepSchedule}. */
export interface StepScheduleOptions extends ScheduleOptions {
  /** Steps M between two falls. */
  readonly every: number;
  /** Factor γ of each fall. */
  readonly factor: number;
}

/**
 * Linear warm-up, then 1.
 *
 * $$\min\!\Big(1, \frac{n + 1}{W}\Big)$$
 *
 * @throws LIMAML_ERR_CORE_OPTION_INVALID when an option is out of range
 */
export function constantSchedule(options: ScheduleOptions = {}): Schedule {
  return warmed(options, () => 1);
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
export function cosineSchedule(options: FallingScheduleOptions): Schedule {
  const { steps, floor } = fallOf(options);
  return warmed(options, (step) => {
    const fall = (1 + Math.cos(Math.PI * Math.min(1, step / steps))) / 2;
    return floor + (1 - floor) * fall;
  });
}

/**
 * Linear warm-up times a straight line from 1 to the floor.
 *
 * $$\min\!\Big(1, \frac{n + 1}{W}\Big) \cdot \big( 1 - (1 - f) \min(1, n / N) \big)$$
 *
 * @throws LIMAML_ERR_CORE_OPTION_INVALID when an option is out of range
 */
export function linearSchedule(options: FallingScheduleOptions): Schedule {
  const { steps, floor } = fallOf(options);
  return warmed(options, (step) => 1 - (1 - floor) * Math.min(1, step / steps));
}

/**
 * Linear warm-up times an exponential decay from 1 to the floor, which must be above 0.
 *
 * $$\min\!\Big(1, \frac{n + 1}{W}\Big) \cdot f^{\min(1, n / N)}$$
 *
 * @throws LIMAML_ERR_CORE_OPTION_INVALID when an option is out of range
 */
export function exponentialSchedule(
  options: FallingScheduleOptions & { readonly floor: number },
): Schedule {
  const { steps, floor } = fallOf(options);
  if (floor === 0) throw optionInvalid('floor', floor, 'a number above 0 and below 1');
  return warmed(options, (step) => floor ** Math.min(1, step / steps));
}

/**
 * Linear warm-up times a factor that falls every M steps.
 *
 * $$\min\!\Big(1, \frac{n + 1}{W}\Big) \cdot \gamma^{\lfloor n / M \rfloor}$$
 *
 * @throws LIMAML_ERR_CORE_OPTION_INVALID when an option is out of range
 */
export function stepSchedule(options: StepScheduleOptions): Schedule {
  const every = requireInRange('every', options.every, 1, Infinity);
  const factor = requireInRange('factor', options.factor, 0, 1);
  return warmed(options, (step) => factor ** Math.floor(step / every));
}

function warmed(options: ScheduleOptions, fall: Schedule): Schedule {
  const warmup = requireInRange('warmup', options.warmup ?? 0, 0, Infinity);
  return (step) => (warmup > 0 ? Math.min(1, (step + 1) / warmup) : 1) * fall(step);
}

function fallOf(options: FallingScheduleOptions): { steps: number; floor: number } {
  return {
    steps: requireInRange('steps', options.steps, 1, Infinity),
    floor: requireInRange('floor', options.floor ?? 0, 0, 1),
  };
}
