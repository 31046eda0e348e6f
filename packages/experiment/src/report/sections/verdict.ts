import type { ReportInterval } from '@limaml/plugin';

type Better = 'higher' | 'lower';

/** What a paired difference says: ahead and behind only where the interval excludes zero. */
export type Verdict = 'ahead' | 'behind' | 'unclear' | 'one seed';

/** What a difference `first − other` says of the first. */
export function verdictOf({ mean, low, high }: ReportInterval, better: Better): Verdict {
  if (low === null || high === null) return 'one seed';
  if (low <= 0 && high >= 0) return 'unclear';
  return isAhead(mean, better) ? 'ahead' : 'behind';
}

/** `0.0112 ahead (95 % interval +0.0012 to +0.0212, which excludes zero)`. */
export function wordDifference(interval: ReportInterval, better: Better): string {
  const { mean, low, high } = interval;
  const side =
    mean === 0 ? 'no difference' : `${Math.abs(mean).toFixed(4)} ${sideOf(mean, better)}`;
  if (low === null || high === null) return `${side} (one seed, so no interval)`;
  const zero = low <= 0 && high >= 0 ? 'which includes zero' : 'which excludes zero';
  return `${side} (95 % interval ${signed(low)} to ${signed(high)}, ${zero})`;
}

/** A number with its sign: `+0.0112`, `−0.0011`. */
function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}

function sideOf(mean: number, better: Better): string {
  return isAhead(mean, better) ? 'ahead' : 'behind';
}

function isAhead(mean: number, better: Better): boolean {
  return better === 'higher' ? mean > 0 : mean < 0;
}

/** A difference, and to what. */
export interface Compared {
  readonly name: string;
  readonly interval: ReportInterval;
}

const WORDS: Readonly<Record<Verdict, string>> = {
  ahead: 'ahead',
  behind: 'behind',
  unclear: 'cannot be told apart',
  'one seed': 'with one seed',
};

/** `ahead: item rate (+0.1017); cannot be told apart: logistic MF (+0.0112)`. */
export function wordGroups(items: readonly Compared[], betterOf: (name: string) => Better): string {
  const groups = Object.entries(WORDS).flatMap(([verdict, words]) => {
    const members = items.filter(
      (item) => verdictOf(item.interval, betterOf(item.name)) === verdict,
    );
    const list = members.map(({ name, interval }) => `${name} (${signed(interval.mean)})`);
    return list.length === 0 ? [] : [`${words}: ${list.join(', ')}`];
  });
  return groups.join('; ');
}
