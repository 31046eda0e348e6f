import { firstAtOrAfter, type TaskIndex, type TaskPosition } from '@limaml/data';
import type { SplitSpec } from '../spec/schema.js';

/** Where a spec cuts tasks into support and query sets. */
export function cutPosition(tasks: TaskIndex, cut: SplitSpec['cut']): TaskPosition {
  if (cut === 'half') return (start, end) => start + Math.floor((end - start) / 2);
  if (typeof cut === 'string') return momentPosition(tasks, Date.parse(cut));
  if ('support' in cut) return (start) => start + cut.support;
  return (_, end) => end - cut.query;
}

/** The first row that is not before a moment, in milliseconds since 1970. */
export function momentPosition(tasks: TaskIndex, moment: number): TaskPosition {
  return (start, end) => firstAtOrAfter(tasks, start, end, moment);
}
