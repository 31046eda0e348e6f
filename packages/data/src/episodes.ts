import { createRandom, shuffle } from './random.js';
import type { TaskIndex } from './tasks.js';

/**
 * A task's support set and query set, as half-open ranges of positions in `TaskIndex.rows`
 * (positions in the whole array, not counted from the task's first row). The support range ends where
 * the query range starts, or before it.
 */
export interface Episode {
  readonly task: number;
  readonly supportStart: number;
  readonly supportEnd: number;
  readonly queryStart: number;
  readonly queryEnd: number;
}

/** Sizes of an episode. */
export interface EpisodeLimits {
  /** Newest rows before the cut kept as support, at most. */
  readonly maxSupport: number;
  /** Rows from the cut on taken as query, at most. */
  readonly maxQuery: number;
  /** Support rows older than this, in milliseconds before the first query row, are left out. Default: none are. */
  readonly window?: number;
  /**
   * What happens to support rows with the very timestamp of the first query row. `'log-order'`, the
   * default, keeps them: the log's order decides what came first. `'exclude'` leaves them out: right
   * where rows of one timestamp were shown together, so that the outcome of one was not known when
   * the other was scored.
   */
  readonly ties?: 'log-order' | 'exclude';
}

/**
 * One episode per task, cut at ⌊n/2⌋ of the task's n rows: support is the newest rows before the cut,
 * query the rows from it on (ML-1M-T, with limits of 40 and 40). Tasks that lack one of the two are
 * left out.
 *
 * @example
 * ```ts
 * const episodes = halfCut(tasks, split.test, { maxSupport: 40, maxQuery: 40 });
 * ```
 */
export function halfCut(
  tasks: TaskIndex,
  chosen: Iterable<number>,
  limits: EpisodeLimits,
): Episode[] {
  return cutTasks(tasks, chosen, limits, (start, end) => start + Math.floor((end - start) / 2));
}

/**
 * One episode per task, cut at a moment: support before it, query from it on. Tasks that lack one of
 * the two are left out. With this, evaluation of all tasks happens after all training.
 * @param time milliseconds since 1970
 */
export function timeCut(
  tasks: TaskIndex,
  chosen: Iterable<number>,
  time: number,
  limits: EpisodeLimits,
): Episode[] {
  return cutTasks(tasks, chosen, limits, (start, end) => firstAtOrAfter(tasks, start, end, time));
}

/** How {@link randomCut} draws. */
export interface RandomCutOptions extends EpisodeLimits {
  readonly seed: number;
  /** Each epoch draws anew. */
  readonly epoch: number;
  /** Rows before the cut, at least. Default 1; 0 also trains the prior embedding. */
  readonly minSupport?: number;
  /** Rows from the cut on, at least. Default 1. */
  readonly minQuery?: number;
  /** Sizes of which each support set draws one, its newest rows. Default: as many rows as the limits allow. */
  readonly supportSizes?: readonly number[];
}

/**
 * One training episode per task, cut uniformly at random where at least `minSupport` rows are before
 * and `minQuery` rows behind; tasks in random order. Depends on seed and epoch alone, so a resumed run
 * sees the episodes of an uninterrupted one.
 */
export function randomCut(
  tasks: TaskIndex,
  chosen: Iterable<number>,
  options: RandomCutOptions,
): Episode[] {
  const { seed, epoch, minSupport = 1, minQuery = 1, supportSizes } = options;
  const random = createRandom(seed, epoch);
  const episodes: Episode[] = [];
  for (const task of chosen) {
    const [start, end] = rangeOf(tasks, task);
    const cuts = end - start - minSupport - minQuery + 1;
    if (cuts <= 0) continue;
    const cut = start + minSupport + random.int(cuts);
    const maxSupport = supportSizes?.[random.int(supportSizes.length)] ?? options.maxSupport;
    episodes.push(cutAt(tasks, task, cut, { ...options, maxSupport }));
  }
  return shuffle(episodes, random);
}

/**
 * One episode per task with its newest rows as support and no query: what embeddings are generated from.
 * @param now end of the window, milliseconds since 1970. Default: just after the task's newest row
 */
export function latestSupport(
  tasks: TaskIndex,
  chosen: Iterable<number>,
  limits: Pick<EpisodeLimits, 'maxSupport' | 'window'>,
  now?: number,
): Episode[] {
  return Array.from(chosen, (task) => {
    const [start, end] = rangeOf(tasks, task);
    const supportEnd = now === undefined ? end : firstAtOrAfter(tasks, start, end, now);
    const cutTime = now ?? timeAt(tasks, end - 1);
    const supportStart = firstSupport(tasks, start, supportEnd, cutTime, limits);
    return { task, supportStart, supportEnd, queryStart: supportEnd, queryEnd: supportEnd };
  });
}

function cutAt(tasks: TaskIndex, task: number, cut: number, limits: EpisodeLimits): Episode {
  const [start, end] = rangeOf(tasks, task);
  const cutTime = timeAt(tasks, cut);
  const supportEnd = limits.ties === 'exclude' ? firstAtOrAfter(tasks, start, cut, cutTime) : cut;
  return {
    task,
    supportStart: firstSupport(tasks, start, supportEnd, cutTime, limits),
    supportEnd,
    queryStart: cut,
    queryEnd: Math.min(end, cut + limits.maxQuery),
  };
}

function firstSupport(
  tasks: TaskIndex,
  start: number,
  end: number,
  cutTime: number,
  limits: Pick<EpisodeLimits, 'maxSupport' | 'window'>,
): number {
  const newest = Math.max(start, end - limits.maxSupport);
  if (limits.window === undefined) return newest;
  return firstAtOrAfter(tasks, newest, end, cutTime - limits.window);
}

/** How {@link cutTasks} cuts. */
export interface CutOptions extends EpisodeLimits {
  /** Support rows a task must have to be kept. Default 1; 0 keeps tasks whose embedding is the prior. */
  readonly minSupport?: number;
}

/** A position of a task, from its first position, the one behind its last, and its number. */
export type TaskPosition = (start: number, end: number, task: number) => number;

/**
 * One episode per task, cut where a rule says. Tasks without a query set, or with too few support rows, are left
 * out.
 *
 * @param cutOf position of the first query row
 * @param untilOf position behind the last query row. Default: the end of the task
 * @example
 * ```ts
 * const lastTen = cutTasks(tasks, split.test, limits, (start, end) => end - 10);
 * ```
 */
export function cutTasks(
  tasks: TaskIndex,
  chosen: Iterable<number>,
  { minSupport = 1, ...limits }: CutOptions,
  cutOf: TaskPosition,
  untilOf: TaskPosition = (_, end) => end,
): Episode[] {
  const episodes: Episode[] = [];
  for (const task of chosen) {
    const [start, end] = rangeOf(tasks, task);
    const [cut, until] = [cutOf(start, end, task), untilOf(start, end, task)];
    if (cut < start || cut >= until) continue;
    const episode = cutAt(tasks, task, cut, limits);
    const queryEnd = Math.min(episode.queryEnd, until);
    if (episode.supportEnd - episode.supportStart < minSupport) continue;
    episodes.push({ ...episode, queryEnd });
  }
  return episodes;
}

/** First position in [start, end) of a task whose row is not before `time`, else `end` (binary search). */
export function firstAtOrAfter(tasks: TaskIndex, start: number, end: number, time: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeAt(tasks, middle) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rangeOf(tasks: TaskIndex, task: number): [start: number, end: number] {
  return [tasks.offsets[task]!, tasks.offsets[task + 1]!];
}

function timeAt(tasks: TaskIndex, position: number): number {
  return tasks.timestamp[tasks.rows[position]!]!;
}
