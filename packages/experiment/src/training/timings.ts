import { z } from 'zod';

const seconds = z.number().nonnegative();
const count = z.int().nonnegative();

/** Where the time of training went. */
export const timingsSchema = z.strictObject({
  /** Seconds in the compiled step. */
  compute: seconds,
  /** Seconds in which the step waited for its batch. */
  data: seconds,
  /** Seconds of summing and clipping gradients and moving the weights. */
  optimiser: seconds,
  /** Seconds of evaluating validation episodes. */
  evaluation: seconds,
  /** Seconds of compiling the step, once for every size of batch. */
  compile: seconds,
  /** Steps compiled. */
  compiled: count,
  /** Of these, steps that were read from the executor's cache on disk. */
  cached: count.default(0),
  /** Steps that found theirs compiled. */
  hits: count,
});

export type TrainingTimings = z.infer<typeof timingsSchema>;

/** Before anything was done. */
export const NO_TIME: TrainingTimings = {
  compute: 0,
  data: 0,
  optimiser: 0,
  evaluation: 0,
  compile: 0,
  compiled: 0,
  cached: 0,
  hits: 0,
};

/** Both together. */
export function addTimings(a: TrainingTimings, b: Partial<TrainingTimings>): TrainingTimings {
  const sum = Object.entries(a).map(([name, value]) => [
    name,
    value + (b[name as keyof TrainingTimings] ?? 0),
  ]);
  return Object.fromEntries(sum) as TrainingTimings;
}
