import { alignTasks, leaf, type ParamSpec, type SupportSet, type Tree } from '@limaml/core';
import { add, concat, expandDims, mul, squeeze, sub, sum, type Tensor } from '@limaml/graph';
import type { EncodedFeature, FeatureSchema } from '@limaml/plugin';
import { inputSpec } from './feature-embeddings.js';
import type { MetaBlock } from '../meta-blocks/meta-block.js';

/** What each support row says of its candidate, as one number. */
export interface Response {
  readonly params: Tree<ParamSpec>;
  readonly rows: MetaBlock['inputs']['rows'];
  /** x, `[T, S]`. */
  apply(params: Tree<Tensor>, support: SupportSet): Tensor;
}

/**
 * The response of a support row, centred by the mean μ of its candidate where that is fitted:
 *
 * $$x = \sum_c w_c\, \text{outcome}_c + w_y (2y - 1) + c - \mu$$
 *
 * w and c are learned; they start as the mean of the outcomes, or as the label's sign where there are none. Of
 * labels that are numbers, $y - \\bar y$ stands in the place of $2y - 1$.
 */
export function response({ features, labelMean }: FeatureSchema): Response {
  const outcomes = features.filter((f) => f.owner === 'outcome' && f.kind === 'dense');
  const width = outcomes.reduce((total, f) => total + f.width, 0);
  const mean = features.find(({ role }) => role === 'candidate-factor-mean');
  return {
    params: responseParams(width),
    rows: mean ? { [mean.name]: inputSpec(mean, ['T', 'B']) } : {},
    apply(params, support) {
      const sign =
        labelMean === undefined ? sub(mul(support.label, 2), 1) : sub(support.label, labelMean);
      const said = add(mul(sign, weight(params, 'label')), weight(params, 'level'));
      const total = width > 0 ? add(said, outcomeSum(params, outcomes, support)) : said;
      return mean ? sub(total, squeeze(support.rows[mean.name]!, -1)) : total;
    },
  };
}

function responseParams(outcomes: number): Tree<ParamSpec> {
  const label: ParamSpec = { shape: [1], init: { kind: 'constant', value: outcomes > 0 ? 0 : 1 } };
  const level: ParamSpec = { shape: [1], init: { kind: 'zeros' } };
  if (outcomes === 0) return { label, level };
  const mean: ParamSpec = { shape: [outcomes], init: { kind: 'constant', value: 1 / outcomes } };
  return { label, level, outcomes: mean };
}

/** `Σ_c w_c outcome_c`, `[T, S]`. */
function outcomeSum(
  params: Tree<Tensor>,
  outcomes: readonly EncodedFeature[],
  support: SupportSet,
): Tensor {
  const values = outcomes.map(({ name }) => support.outcomes[name]!);
  return sum(mul(concat(values, -1), expandDims(weight(params, 'outcomes'), 1)), { axes: [-1] });
}

/** `[C]`, or `[T, C]` as a fast weight. */
function weight(params: Tree<Tensor>, name: string): Tensor {
  return alignTasks(leaf(params, name), 1, 2);
}
