import type { PolicyPredictions, Replay } from './evaluate-freshness.js';

/** Sums over slates. */
export interface SlateSums {
  /** Slates of two rows or more. */
  readonly slates: number;
  /** True probability of the row that is ranked first. */
  readonly ranked: number;
  /** … of the best row. */
  readonly best: number;
  /** … of a row at random. */
  readonly random: number;
  /** … of the first row of the log. */
  readonly logged: number;
}

/** What rankings of the slates of one task came to. */
export interface TaskSlates extends SlateSums {
  readonly task: string;
}

/** Nothing yet. */
export const NO_SLATES: SlateSums = { slates: 0, ranked: 0, best: 0, random: 0, logged: 0 };

/** Adds up what rankings of the same kind came to. */
export function addSlates(a: SlateSums, b: SlateSums): SlateSums {
  return {
    slates: a.slates + b.slates,
    ranked: a.ranked + b.ranked,
    best: a.best + b.best,
    random: a.random + b.random,
    logged: a.logged + b.logged,
  };
}

/**
 * Ranks the rows that were shown together by their scores, and sums the true click probabilities of the rows that
 * come first. Of rows that tie for the first rank each is as likely, so that their mean counts.
 *
 * @param truth true probability by row of the log
 */
export function rankSlates(
  { rows }: Pick<Replay, 'rows'>,
  { score }: Pick<PolicyPredictions, 'score'>,
  truth: ArrayLike<number>,
): TaskSlates[] {
  const { index, spans, offsets, position, slate } = rows;
  const probability = Float64Array.from(position, (at) => truth[index.rows[at]!]!);
  return spans.map(({ task }, s) => {
    let sums = NO_SLATES;
    let from = offsets[s]!;
    for (let row = from + 1; row <= offsets[s + 1]!; row++) {
      if (row < offsets[s + 1]! && slate[row] === slate[from]) continue;
      const one = rankSlate(score.subarray(from, row), probability.subarray(from, row));
      if (row - from > 1) sums = addSlates(sums, one);
      from = row;
    }
    return { task: index.taskIds[task]!, ...sums };
  });
}

function rankSlate(score: Float32Array, probability: Float64Array): SlateSums {
  const top = score.reduce((most, value) => Math.max(most, value), -Infinity);
  return {
    slates: 1,
    ranked: mean(probability.filter((_, at) => score[at] === top)),
    best: probability.reduce((most, value) => Math.max(most, value), 0),
    random: mean(probability),
    logged: probability[0]!,
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
