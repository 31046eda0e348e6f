import type { Random } from '../random.js';
import { firstAbove } from './click-model.js';
import { FUNCTIONS } from './names.js';
import { JOB_DAYS } from './world.js';
import type { Jobs } from './world.js';

/** The jobs shown on one day, drawn by exposure. */
export interface JobMarket {
  /** A job for a member of a field: of that field every other time, if there is one. */
  draw(field: number, random: Random): number;
}

/** @param day undefined for all days at once */
export function createJobMarket(jobs: Jobs, day: number | undefined): JobMarket {
  const live = liveJobs(jobs, day);
  const all = createLottery(jobs, live);
  const byField = FUNCTIONS.map((_, field) =>
    createLottery(
      jobs,
      live.filter((job) => jobs.field[job] === field),
    ),
  );
  return {
    draw(field, random) {
      const own = random.uniform() < 0.5 ? byField[field] : undefined;
      return (own ?? all)!(random);
    },
  };
}

/** Jobs of a day; all of them on a day without any, so that small worlds work. */
function liveJobs(jobs: Jobs, day: number | undefined): Int32Array {
  const all = new Int32Array(jobs.count).map((_, job) => job);
  if (day === undefined) return all;
  const live = all.filter((job) => jobs.posted[job]! <= day && day < jobs.posted[job]! + JOB_DAYS);
  return live.length > 0 ? live : all;
}

function createLottery(jobs: Jobs, live: Int32Array): ((random: Random) => number) | undefined {
  if (live.length === 0) return undefined;
  let total = 0;
  const cumulative = Float64Array.from(live, (job) => (total += jobs.exposure[job]!));
  return (random) => live[firstAbove(cumulative, random.uniform() * total)]!;
}
