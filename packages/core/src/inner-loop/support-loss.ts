import { add, div, maximum, sum, mul, type Tensor } from '@limaml/graph';
import type { Algorithm } from '../algorithm/algorithm.js';
import { maskedMean } from '../losses.js';
import type { MetaInput, Model, ModelParams } from '../model.js';
import { type LabelledRows, rowLosses } from '../row-losses.js';

/**
 * Loss of each task on its support set, `[T]`.
 *
 * $$L_i = \frac{\sum_s w_{is}\, \ell(z_{is}, y_{is})}{\sum_s w_{is} + c}$$
 *
 * @param further rows beside the support set's that the tasks learn from, as in Reptile's training
 */
export function supportLoss(
  model: Model,
  params: ModelParams<Tensor>,
  input: MetaInput,
  algorithm: Pick<Algorithm, 'loss' | 'supportShrinkage'>,
  further?: LabelledRows,
): Tensor {
  const { support, tables } = input;
  const network = { params, embedding: model.metaEmbedding(params.meta, input), tables };
  const losses = rowLosses(model, network, support, algorithm);
  const { supportShrinkage: shrinkage } = algorithm;
  if (!further) return maskedMean(losses, support.mask, { axes: [1], shrinkage });
  const parts = [
    { losses, mask: support.mask },
    { losses: rowLosses(model, network, further, algorithm), mask: further.mask },
  ];
  const [total, count] = [
    parts.map((part) => sum(mul(part.losses, part.mask), { axes: [1] })).reduce(plus),
    parts.map((part) => sum(part.mask, { axes: [1] })).reduce(plus),
  ];
  return div(total, maximum(add(count, shrinkage), 1));
}

function plus(a: Tensor, b: Tensor): Tensor {
  return add(a, b);
}
