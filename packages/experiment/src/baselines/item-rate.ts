import { logit } from '../numbers.js';
import type { Baseline, BaselineInput, FittedBaseline } from './baseline.js';

/** The training rows' rate of positives for every row. AUC 0.5 by construction: it anchors the log-loss. */
export function globalMean(): Baseline {
  return {
    name: 'global mean',
    description: 'the rate of positives of the training tasks, for every row',
    fit: (input) => {
      const { mean } = fitCandidateRates(input, 1);
      return {
        chosen: {},
        predict: (_, { queryStart, queryEnd }, into, at) => {
          into.fill(logit(mean), at, at + queryEnd - queryStart);
        },
      };
    },
  };
}

/** Options of {@link itemRate}. */
export interface ItemRateOptions {
  /** Rows at the global mean that every candidate starts with, above 0. Default 10. */
  readonly pseudoRows?: number;
}

/**
 * A candidate's smoothed rate of positives among training tasks, the same for every entity.
 *
 * $$p_i = \frac{n_i^+ + c\,\bar p}{n_i + c}$$
 */
export function itemRate({ pseudoRows = 10 }: ItemRateOptions = {}): Baseline {
  return {
    name: 'item rate',
    description: "the candidate's smoothed rate of positives among training tasks",
    fit: (input) => predictFromCandidate(fitCandidateRates(input, pseudoRows).logits),
  };
}

/** Rates of positives of training tasks. */
export interface CandidateRates {
  /** Over all rows. */
  readonly mean: number;
  /** Smoothed rate of each candidate, as a logit. */
  readonly logits: Float64Array;
}

/** Counts positives per candidate over all rows of the training tasks. */
export function fitCandidateRates(
  { training: observed, train }: BaselineInput,
  pseudoRows: number,
): CandidateRates {
  const shown = new Float64Array(observed.candidates);
  const positive = new Float64Array(observed.candidates);
  for (const task of train) {
    for (let row = observed.offsets[task]!; row < observed.offsets[task + 1]!; row++) {
      const candidate = observed.candidate[row]!;
      shown[candidate]!++;
      positive[candidate]! += observed.label[row]!;
    }
  }
  const mean = smoothedMean(positive, shown);
  const rates = shown.map((count, i) => (positive[i]! + pseudoRows * mean) / (count + pseudoRows));
  return { mean, logits: rates.map((rate) => logit(rate)) };
}

/** Overall rate, kept away from 0 and 1 by one row of each class so that its logit is finite. */
function smoothedMean(positive: Float64Array, shown: Float64Array): number {
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  return (sum(positive) + 1) / (sum(shown) + 2);
}

function predictFromCandidate(logits: Float64Array): FittedBaseline {
  return {
    chosen: {},
    predict: (observed, { queryStart, queryEnd }, into, at) => {
      for (let row = queryStart; row < queryEnd; row++) {
        into[at + row - queryStart] = logits[observed.candidate[row]!]!;
      }
    },
  };
}
