import { hashString } from '../random.js';
import { meanLabel, type CandidatePrior, type CandidateSums } from './candidate-rate.js';
import { contentPrior, type ContentRows } from './content-prior.js';
import { FIRST_KNOWN } from './field.js';

/** Rates are kept this far from 0 and 1. */
const RATE_MARGIN = 0.02;

/**
 * What features say of the mean label and outcomes of candidates: ridge regression of the smoothed means of
 * candidates with rows on their content.
 *
 * @param isRate whether labels are rates, which stay between 0 and 1
 */
export function meansFromContent(
  content: ContentRows,
  sums: CandidateSums,
  { smoothing, isRate }: { readonly smoothing: number; readonly isRate: boolean },
): CandidatePrior['prior'] {
  const predict = (total: readonly number[], mean: number): number[] => {
    const deviation = Float64Array.from(
      total,
      (value, id) => (value - sums.count[id]! * mean) / (sums.count[id]! + smoothing),
    );
    const predicted = contentPrior(content, sums.count, deviation, 1);
    return Array.from(predicted, (value) => mean + value);
  };
  const label = predict(sums.label, meanLabel(sums));
  const outcomes = Object.entries(sums.outcomes).map(([name, total]) => [name, predict(total, 0)]);
  return {
    label: isRate ? label.map(insideRate) : label,
    outcomes: Object.fromEntries(outcomes) as Record<string, number[]>,
  };
}

function insideRate(rate: number): number {
  return Math.min(Math.max(rate, RATE_MARGIN), 1 - RATE_MARGIN);
}

/**
 * Candidates that the tasks of a fold are shown as if they were new: each candidate to one fold.
 *
 * @param ids of the candidate's vocabulary, from the first known one on
 */
export function hiddenFrom(ids: readonly string[], fold: number, folds: number): Set<number> {
  const known = ids.map((id, at) => ({ id, at: at + FIRST_KNOWN }));
  return new Set(known.filter(({ id }) => hashString(id) % folds === fold).map(({ at }) => at));
}

/** Sums in which some candidates have no rows. */
export function hideCandidates(sums: CandidateSums, hidden: ReadonlySet<number>): CandidateSums {
  const without = (values: readonly number[]): number[] =>
    values.map((value, id) => (hidden.has(id) ? 0 : value));
  const outcomes = Object.entries(sums.outcomes).map(([name, values]) => [name, without(values)]);
  return {
    count: without(sums.count),
    label: without(sums.label),
    outcomes: Object.fromEntries(outcomes) as Record<string, number[]>,
    hidden,
  };
}
