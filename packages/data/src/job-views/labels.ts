import type { ReadReport } from '@limaml/plugin';
import { createRandom } from '../random.js';
import type { Random } from '../random.js';
import { rowsByTime } from './views.js';
import type { Views } from './views.js';

/** How jobs are drawn that were not viewed. */
export interface SamplingOptions {
  /** Jobs drawn for each view. Default 4. */
  readonly negatives: number;
  /** They are drawn from views at most so many days before or after. Default 7. */
  readonly negativeDays: number;
  /** Default 1. */
  readonly seed: number;
}

/** Rows of the log. */
export interface LabelledRows {
  /** The view that a row stands for, or that its job was drawn for. */
  readonly view: Int32Array;
  readonly job: Int32Array;
  readonly label: Float32Array;
  /** 1 where the job was viewed, 0 where it was drawn. */
  readonly viewed: Uint8Array;
  /** Views that were left out, with the reason. */
  readonly dropped: ReadReport['malformed'];
}

/** Label 1 for views longer than the median of those whose duration is known; the others are left out. */
export function longDwellRows({ duration, job }: Views): LabelledRows {
  const view = Int32Array.from(duration.keys()).filter((row) => !Number.isNaN(duration[row]));
  const bound = median(view.length === 0 ? [0] : Array.from(view, (row) => duration[row]!));
  const without = duration.length - view.length;
  const reason = 'no duration, needed for the label long-dwell';
  return {
    view,
    job: view.map((row) => job[row]!),
    label: Float32Array.from(view, (row) => (duration[row]! > bound ? 1 : 0)),
    viewed: new Uint8Array(view.length).fill(1),
    dropped: without === 0 ? [] : [{ reason, count: without, examples: [] }],
  };
}

/** Label 1 for each member's first view of a job, followed by jobs drawn for it with label 0. */
export function sampledRows(views: Views, options: SamplingOptions): LabelledRows {
  const order = rowsByTime(views);
  const seen = jobsOfMembers(views);
  const [view, job, viewed]: [number[], number[], number[]] = [[], [], []];
  const add = (row: number, chosen: number, real: number): void => {
    view.push(row);
    job.push(chosen);
    viewed.push(real);
  };
  const draw = createSampler(views, order, seen, options);
  const [known, repeated] = [new Set<string>(), [] as number[]];
  order.forEach((row, at) => {
    const key = `${views.member[row]!}/${views.job[row]!}`;
    if (known.has(key)) repeated.push(row);
    else {
      known.add(key);
      add(row, views.job[row]!, 1);
      for (const drawn of draw(row, at)) add(row, drawn, 0);
    }
  });
  const dropped = repeated.length === 0 ? [] : [repeatedViews(repeated.length)];
  return {
    view: Int32Array.from(view),
    job: Int32Array.from(job),
    label: Float32Array.from(viewed),
    viewed: Uint8Array.from(viewed),
    dropped,
  };
}

function repeatedViews(count: number): ReadReport['malformed'][number] {
  return { reason: 'a later view of the same job by the same member', count, examples: [] };
}

/** Tries for one negative; a member who viewed nearly every job of the window gets fewer. */
const TRIES = 20;

/** Draws jobs from the views around one, by popularity. */
function createSampler(
  views: Views,
  order: Int32Array,
  seen: ReadonlyMap<number, ReadonlySet<number>>,
  { negatives, negativeDays, seed }: SamplingOptions,
): (row: number, at: number) => number[] {
  const random = createRandom(seed, 77);
  const times = order.map((row) => views.timestamp[row]! / 1000);
  const windowOf = createWindow(times, negativeDays * 86_400);
  return (row, at) => {
    const own = seen.get(views.member[row]!)!;
    const [start, end] = windowOf(at);
    const drawn = new Set<number>();
    for (let tries = 0; drawn.size < negatives && tries < negatives * TRIES; tries++) {
      const job = views.job[order[drawBetween(random, start, end)]!]!;
      if (!own.has(job)) drawn.add(job);
    }
    return [...drawn];
  };
}

function drawBetween(random: Random, start: number, end: number): number {
  return start + random.int(end - start);
}

/** Range of places whose times are at most `span` from that of a place. Places are asked for in order. */
function createWindow(
  times: Int32Array,
  span: number,
): (at: number) => [start: number, end: number] {
  let [start, end] = [0, 0];
  return (at) => {
    while (times[start]! < times[at]! - span) start++;
    while (end < times.length && times[end]! <= times[at]! + span) end++;
    return [start, end];
  };
}

function jobsOfMembers({ member, job }: Views): Map<number, Set<number>> {
  const jobs = new Map<number, Set<number>>();
  member.forEach((who, row) => {
    const own = jobs.get(who) ?? new Set();
    jobs.set(who, own.add(job[row]!));
  });
  return jobs;
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
