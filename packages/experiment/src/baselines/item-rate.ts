import type { Baseline, BaselineInput, FittedBaseline } from './baseline.js';
import { LIKELIHOODS, type LabelKind } from './label-kind.js';

/** The training rows' mean label for every row. AUC 0.5 by construction: it anchors the log-loss. */
export function globalMean(): Baseline {
  return {
    name: 'global mean',
    description: 'the mean label of the training tasks, for every row',
    fit: (input) => {
      const { mean } = fitCandidateRates(input, 1);
      return {
        chosen: {},
        predict: (_, { queryStart, queryEnd }, into, at) => {
          into.fill(mean, at, at + queryEnd - queryStart);
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
 * A candidate's smoothed rate of positives among training tasks, the same for every entity; of numbers, its smoothed
 * mean label.
 *
 * $$p_i = \frac{n_i^+ + c\,\bar p}{n_i + c}$$
 */
export function itemRate({ pseudoRows = 10 }: ItemRateOptions = {}): Baseline {
  return {
    name: 'item rate',
    description: "the candidate's smoothed mean label among training tasks",
    fit: (input) => predictFromCandidate(fitCandidateRates(input, pseudoRows).scores),
  };
}

/** Mean labels of training tasks, as scores: logits of clicks, numbers as they are. */
export interface CandidateRates {
  /** Over all rows. */
  readonly mean: number;
  /** Smoothed one of each candidate. */
  readonly scores: Float64Array;
}

/** Adds up labels per candidate over all rows of the training tasks. */
export function fitCandidateRates(
  { training: observed, train, labels }: BaselineInput,
  pseudoRows: number,
): CandidateRates {
  const shown = new Float64Array(observed.candidates);
  const total = new Float64Array(observed.candidates);
  for (const task of train) {
    for (let row = observed.offsets[task]!; row < observed.offsets[task + 1]!; row++) {
      const candidate = observed.candidate[row]!;
      shown[candidate]!++;
      total[candidate]! += observed.label[row]!;
    }
  }
  const mean = overallMean(total, shown, labels);
  const means = shown.map((count, i) => (total[i]! + pseudoRows * mean) / (count + pseudoRows));
  const { link } = LIKELIHOODS[labels];
  return { mean: link(mean), scores: means.map((each) => link(each)) };
}

/** A rate is kept away from 0 and 1 by one row of each class, so that its logit is finite. */
function overallMean(total: Float64Array, shown: Float64Array, labels: LabelKind): number {
  const sum = (values: Float64Array) => values.reduce((all, value) => all + value, 0);
  return labels === 'clicks' ? (sum(total) + 1) / (sum(shown) + 2) : sum(total) / sum(shown);
}

function predictFromCandidate(scores: Float64Array): FittedBaseline {
  return {
    chosen: {},
    predict: (observed, { queryStart, queryEnd }, into, at) => {
      for (let row = queryStart; row < queryEnd; row++) {
        into[at + row - queryStart] = scores[observed.candidate[row]!]!;
      }
    },
  };
}
