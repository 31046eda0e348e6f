import type { Baseline, FittedBaseline } from './baseline.js';
import { chooseFitted } from './choose.js';
import { foldInBaseline } from './fold-in.js';
import { fitCandidateRates } from './item-rate.js';
import type { LabelKind } from './label-kind.js';
import type { Side } from './latent.js';

/** Options of {@link itemUserBias}. */
export interface ItemUserBiasOptions {
  /** Rows at the global mean in the candidate's rate. Default 10. */
  readonly pseudoRows?: number;
  /** Precisions λ of the entity bias's prior to choose from on the validation episodes. Default 0.1, 0.3, 1, 3, 10. */
  readonly precisions?: readonly number[];
}

/**
 * The additive model: `logit p = logit(rate_i) + b_u`, the entity's bias fitted to its support set by
 * Newton's method under a Gaussian prior. Of numbers it is the candidate's mean plus the bias, the shrunk mean of
 * `label − mean_i` over the support set: λ is then a number of rows. Within one entity's list it ranks as the item
 * rate does.
 */
export function itemUserBias(options: ItemUserBiasOptions = {}): Baseline {
  const { pseudoRows = 10, precisions = [0.1, 0.3, 1, 3, 10] } = options;
  return {
    name: 'item + user bias',
    description:
      'the item rate (of clicks its logit) plus an entity bias fitted to the support set',
    fit: (input) => {
      const { scores } = fitCandidateRates(input, pseudoRows);
      const fits = precisions.map((precision) => withPrecision(scores, input.labels, precision));
      return chooseFitted(fits, input);
    },
  };
}

function withPrecision(scores: Float64Array, labels: LabelKind, precision: number): FittedBaseline {
  const entity = biasSide(new Float64Array(0), precision);
  return foldInBaseline(entity, biasSide(scores, 1), labels, { precision });
}

function biasSide(values: Float64Array, precision: number): Side {
  return {
    values,
    width: 1,
    precision: Float64Array.of(precision),
    priorMean: new Float64Array(1),
  };
}
