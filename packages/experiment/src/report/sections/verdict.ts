import type { ReportDifference, ReportInterval } from '@limaml/plugin';

type Better = 'higher' | 'lower';

/** A p-value from here on says nothing. */
const LEVEL = 0.05;

/** A difference, and how sure it is. */
export interface SureDifference {
  readonly interval: ReportInterval;
  /** Adjusted for all comparisons; only the paired bootstrap has it. */
  readonly p?: number;
}

/**
 * What is known best of a difference: the bootstrap over seeds and tasks where predictions were kept, the interval
 * over seeds where they were not.
 */
export function sureDifference(
  { bootstrap, metrics }: Pick<ReportDifference, 'bootstrap' | 'metrics'>,
  metric: string,
): SureDifference | undefined {
  const kept = bootstrap?.[metric];
  if (kept !== undefined) return { interval: kept, p: kept.adjusted };
  const interval = metrics[metric];
  return interval ? { interval } : undefined;
}

/** What a paired difference says: ahead and behind only where chance is no likely reason. */
export type Verdict = 'ahead' | 'behind' | 'unclear' | 'one seed';

/** What a difference `first − other` says of the first. */
export function verdictOf({ interval, p = 0 }: SureDifference, better: Better): Verdict {
  const { mean, low, high } = interval;
  if (low === null || high === null) return 'one seed';
  if ((low <= 0 && high >= 0) || p >= LEVEL) return 'unclear';
  return isAhead(mean, better) ? 'ahead' : 'behind';
}

/** `0.0112 ahead (95 % interval +0.0012 to +0.0212, which excludes zero; adjusted p 0.004)`. */
export function wordDifference({ interval, p }: SureDifference, better: Better): string {
  const { mean, low, high } = interval;
  const side =
    mean === 0 ? 'no difference' : `${Math.abs(mean).toFixed(4)} ${sideOf(mean, better)}`;
  if (low === null || high === null) return `${side} (one seed, so no interval)`;
  const zero = low <= 0 && high >= 0 ? 'which includes zero' : 'which excludes zero';
  const sure = p === undefined ? '' : `; adjusted p ${formatP(p)}`;
  return `${side} (95 % interval ${signed(low)} to ${signed(high)}, ${zero}${sure})`;
}

/** `0.004`; what is less than can be shown is `<0.001`. */
export function formatP(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3);
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
export interface Compared extends SureDifference {
  readonly name: string;
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
    const members = items.filter((item) => verdictOf(item, betterOf(item.name)) === verdict);
    const list = members.map(({ name, interval }) => `${name} (${signed(interval.mean)})`);
    return list.length === 0 ? [] : [`${words}: ${list.join(', ')}`];
  });
  return groups.join('; ');
}
