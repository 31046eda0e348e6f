import type { EncodedFeature } from '@limaml/plugin';
import { FIRST_KNOWN } from './field.js';

/**
 * Sums over the training rows of each candidate. Index = id of the candidate's vocabulary; padding and
 * "unseen" stay empty, so an unknown candidate gets the global rate.
 */
export interface CandidateSums extends Partial<CandidatePrior> {
  /** n: training rows. */
  readonly count: readonly number[];
  /** Σ label. */
  readonly label: readonly number[];
  /** Σ of each standardised dense outcome, by outcome name. */
  readonly outcomes: Readonly<Record<string, readonly number[]>>;
}

/** What the statistics of candidates that training may not have seen are made from beside their rows. */
export interface CandidatePrior {
  /** What features say of the label and of each outcome: what means are drawn to, in the place of the global one. */
  readonly prior: Pick<CandidateSums, 'label' | 'outcomes'>;
  /** Ids whose rows are kept from sight, popularity included. */
  readonly hidden: ReadonlySet<number>;
}

/** What was fitted for the candidate's statistics. JSON-safe. */
export interface CandidateStatistics extends Omit<CandidateSums, 'hidden'> {
  /** Pseudo-count a of the prior. */
  readonly smoothing: number;
  /** Mean label g of the training rows that have a candidate. */
  readonly globalRate: number;
  /** Whether all training labels lie in [0, 1], so that the rate becomes a logit. */
  readonly logit: boolean;
  /** Mean and spread of log(1 + n) over training rows. */
  readonly popularity: { readonly mean: number; readonly scale: number };
}

/** Adds up the rows that `part` gives a part number; one sum per part. */
export interface CandidateRows {
  /** Candidate id of each row. */
  readonly ids: ArrayLike<number>;
  readonly label: ArrayLike<number>;
  /** Standardised dense outcomes of each row, by outcome name. */
  readonly outcomes: Readonly<Record<string, ArrayLike<number>>>;
}

/**
 * Sums the rows of one part.
 * @param partOf part number of each row
 * @param size ids of the candidate's vocabulary
 */
export function sumRows(
  rows: CandidateRows,
  partOf: ArrayLike<number>,
  part: number,
  size: number,
): CandidateSums {
  const total = (values?: ArrayLike<number>): number[] => {
    const sums = new Array<number>(size).fill(0);
    for (let row = 0; row < partOf.length; row++) {
      const id = rows.ids[row]!;
      if (partOf[row] === part && id >= FIRST_KNOWN) sums[id]! += values?.[row] ?? 1;
    }
    return sums;
  };
  const outcomes = Object.entries(rows.outcomes).map(([name, values]) => [name, total(values)]);
  return {
    count: total(),
    label: total(rows.label),
    outcomes: Object.fromEntries(outcomes) as Record<string, number[]>,
  };
}

/**
 * The candidate's smoothed rate: with y = Σ label,
 * `r = (y + a·g) / (n + a)`, as a logit `log(r / (1 − r))` for labels in [0, 1], else `r − g`. With a prior g is what
 * the candidate's features say.
 */
function likeRates(statistics: CandidateStatistics, sums: CandidateSums): Float32Array {
  const { smoothing, globalRate, logit } = statistics;
  return Float32Array.from(sums.count, (count, id) => {
    const drawnTo = sums.prior?.label[id] ?? globalRate;
    const rate = (sums.label[id]! + smoothing * drawnTo) / (count + smoothing);
    return logit ? safeLogit(rate) : rate - globalRate;
  });
}

/** The candidate's smoothed mean of a standardised outcome, `(Σ o + a·g) / (n + a)`: g = 0, the global mean, without a prior. */
function meanOutcomes(
  statistics: CandidateStatistics,
  sums: CandidateSums,
  outcome: string,
): Float32Array {
  const { smoothing } = statistics;
  const total = sums.outcomes[outcome]!;
  const prior = sums.prior?.outcomes[outcome];
  return Float32Array.from(
    total,
    (sum, id) => (sum + smoothing * (prior?.[id] ?? 0)) / (sums.count[id]! + smoothing),
  );
}

/** log(1 + n), standardised over training rows. Counts hold no labels, so no row is left out but of hidden candidates. */
function logPopularity(
  { count, popularity: { mean, scale } }: CandidateStatistics,
  { hidden }: CandidateSums,
): Float32Array {
  return Float32Array.from(count, (n, id) => (Math.log1p(hidden?.has(id) ? 0 : n) - mean) / scale);
}

/**
 * All statistics features, by candidate id.
 * @param sums what rates and means are made from. Default: all training rows
 */
export function statisticsValues(
  statistics: CandidateStatistics,
  sums: CandidateSums = statistics,
): Record<string, Float32Array> {
  const values: Record<string, Float32Array> = {
    'row.like_rate': likeRates(statistics, sums),
    'row.log_popularity': logPopularity(statistics, sums),
  };
  for (const outcome of Object.keys(statistics.outcomes)) {
    values[`row.mean_${outcome}`] = meanOutcomes(statistics, sums, outcome);
  }
  return values;
}

/** Turns training sums into what is kept. */
export function fitStatistics(
  sums: CandidateSums,
  options: { readonly smoothing: number; readonly logit: boolean },
): CandidateStatistics {
  const total = Math.max(1, sum(sums.count));
  const globalRate = meanLabel(sums);
  return { ...options, globalRate, popularity: fitPopularity(sums.count, total), ...sums };
}

/** Mean label of all rows. */
export function meanLabel({ count, label }: CandidateSums): number {
  return sum(label) / Math.max(1, sum(count));
}

/** Sums without those of some rows (a fold). */
export function subtractSums(all: CandidateSums, part: CandidateSums): CandidateSums {
  const minus = (values: readonly number[], some: readonly number[]): number[] =>
    values.map((value, id) => value - some[id]!);
  const outcomes = Object.entries(all.outcomes).map(([name, values]) => [
    name,
    minus(values, part.outcomes[name]!),
  ]);
  return {
    count: minus(all.count, part.count),
    label: minus(all.label, part.label),
    outcomes: Object.fromEntries(outcomes) as Record<string, number[]>,
  };
}

/** Features of the candidate's statistics, in schema order. */
export function statisticsFeatures(outcomes: readonly string[]): EncodedFeature[] {
  const dense = (name: string): EncodedFeature => ({
    name,
    owner: 'row',
    kind: 'dense',
    width: 1,
    size: 0,
    vocabulary: '',
  });
  return [
    { ...dense('row.like_rate'), role: 'candidate-rate' },
    dense('row.log_popularity'),
    ...outcomes.map((name) => dense(`row.mean_${name}`)),
  ];
}

function fitPopularity(count: readonly number[], total: number): { mean: number; scale: number } {
  const mean = sum(count.map((n) => n * Math.log1p(n))) / total;
  const variance = sum(count.map((n) => n * (Math.log1p(n) - mean) ** 2)) / total;
  return { mean, scale: variance > 1e-12 ? Math.sqrt(variance) : 1 };
}

function safeLogit(rate: number): number {
  const inside = Math.min(Math.max(rate, 1e-6), 1 - 1e-6);
  return Math.log(inside / (1 - inside));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
