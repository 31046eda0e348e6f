import { firstAtOrAfter, type EpisodeLimits, type TaskIndex } from '@limaml/data';
import type { RefreshPolicy } from '../spec/schema.js';
import type { Span } from './replayed-rows.js';

/** Newest rows before an embedding was made, as positions of a task index. */
export interface SupportRange {
  readonly start: number;
  readonly end: number;
}

const HOUR = 3_600_000;

/** `never`, `every 6 hours`, `every 5 events`. */
export function policyName(policy: RefreshPolicy): string {
  if (typeof policy === 'string') return policy;
  const [every, unit] =
    'hours' in policy ? [policy.hours, 'hour'] : ([policy.events, 'event'] as const);
  return every === 1 ? `every ${unit}` : `every ${every} ${unit}s`;
}

/** When the embedding was made that a slate is scored with. */
interface Refresh {
  /** Position behind the newest event it knows of. */
  readonly end: number;
  readonly time: number;
}

/**
 * The support set that a policy scores a slate with. All of it is earlier than the slate.
 *
 * @param slate position of the slate's first row
 */
export function supportAt(
  policy: RefreshPolicy,
  index: TaskIndex,
  span: Span,
  slate: number,
  { maxSupport, window: age }: EpisodeLimits,
): SupportRange {
  const { end, time } = lastRefresh(policy, index, span, slate);
  if (policy === 'prior') return { start: end, end };
  const newest = Math.max(span.start, end - maxSupport);
  const start = age === undefined ? newest : firstAtOrAfter(index, newest, end, time - age);
  return { start, end };
}

function lastRefresh(
  policy: RefreshPolicy,
  index: TaskIndex,
  { generatedFrom, generatedAt }: Span,
  slate: number,
): Refresh {
  const timeAt = (position: number): number => index.timestamp[index.rows[position]!]!;
  const atCut = { end: generatedFrom, time: generatedAt };
  if (policy === 'prior' || policy === 'never') return atCut;
  if (policy === 'event') return { end: slate, time: timeAt(slate) };
  if (typeof policy === 'object' && 'events' in policy) {
    const periods = Math.floor((slate - generatedFrom) / policy.events);
    const end = generatedFrom + periods * policy.events;
    return periods === 0 ? atCut : { end, time: timeAt(end - 1) };
  }
  const period = (policy === 'daily' ? 24 : policy.hours) * HOUR;
  const time = generatedAt + Math.floor((timeAt(slate) - generatedAt) / period) * period;
  if (time <= generatedAt) return atCut;
  return { end: firstAtOrAfter(index, generatedFrom, slate, time), time };
}
