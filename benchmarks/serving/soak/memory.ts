import { quantile } from '../../measure.ts';

/** Growth that is none: garbage that is not collected yet. */
const SLACK = { share: 0.1, mebibytes: 24 };
/** Samples, one a second, that tell. */
const ENOUGH = 300;

/** Resident memory of one life of the server, in MiB. */
export interface MemoryVerdict {
  /** Medians over the second quarter of the samples and the last. */
  readonly early: number;
  readonly late: number;
  /** Undefined where the life was too short to tell: at first a server grows as its code is compiled. */
  readonly flat: boolean | undefined;
}

/** Whether memory has stopped to grow after the first quarter of a life. */
export function judgeMemory(samples: readonly number[]): MemoryVerdict {
  const quarter = Math.floor(samples.length / 4);
  const early = quantile(samples.slice(quarter, 2 * quarter + 1), 0.5);
  const late = quantile(samples.slice(3 * quarter), 0.5);
  const flat = late <= early * (1 + SLACK.share) + SLACK.mebibytes;
  return { early, late, flat: samples.length < ENOUGH ? undefined : flat };
}
