import {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  linearSchedule,
  stepSchedule,
  type Schedule,
} from '@limaml/core';
import type { TrainingSpec } from '../spec/schema.js';

/** The factor on the outer learning rate that a spec describes, by outer step. */
export function scheduleOf(
  { schedule, epochs }: Pick<TrainingSpec, 'schedule' | 'epochs'>,
  stepsPerEpoch: number,
): Schedule {
  const steps = epochs * stepsPerEpoch;
  switch (schedule.kind) {
    case 'constant':
      return constantSchedule(schedule);
    case 'cosine':
      return cosineSchedule({ ...schedule, steps });
    case 'linear':
      return linearSchedule({ ...schedule, steps });
    case 'exponential':
      return exponentialSchedule({ ...schedule, steps });
    case 'step':
      return stepSchedule({ ...schedule, every: schedule.every * stepsPerEpoch });
  }
}
