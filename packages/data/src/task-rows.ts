import { createRandom, shuffle } from './random.js';
import type { TaskIndex } from './tasks.js';

/**
 * The same tasks with some of their rows only; their order stays, and some tasks may be left without any.
 *
 * @param keep told the log row and its position in `tasks.rows`
 * @example
 * ```ts
 * const before = keepRows(tasks, (row) => tasks.timestamp[row]! < Date.parse('2024-01-01'));
 * ```
 */
export function keepRows(
  tasks: TaskIndex,
  keep: (row: number, position: number) => boolean,
): TaskIndex {
  const offsets = new Int32Array(tasks.offsets.length);
  const rows = new Int32Array(tasks.rows.length);
  let kept = 0;
  for (let task = 0; task + 1 < offsets.length; task++) {
    for (let at = tasks.offsets[task]!; at < tasks.offsets[task + 1]!; at++) {
      if (keep(tasks.rows[at]!, at)) rows[kept++] = tasks.rows[at]!;
    }
    offsets[task + 1] = kept;
  }
  return { ...tasks, offsets, rows: rows.slice(0, kept) };
}

/**
 * The same tasks with the rows of each in random order, by seed: for protocols whose support and query sets are
 * drawn at random and not in time.
 */
export function shuffleRows(tasks: TaskIndex, seed: number): TaskIndex {
  const rows = tasks.rows.slice();
  const random = createRandom(seed, SHUFFLE_STREAM);
  for (let task = 0; task + 1 < tasks.offsets.length; task++) {
    shuffle(rows.subarray(tasks.offsets[task], tasks.offsets[task + 1]), random);
  }
  return { ...tasks, rows };
}

/** Keeps these random numbers apart from those of the split of the same seed. */
const SHUFFLE_STREAM = 77;
