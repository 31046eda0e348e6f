import type { Tensor } from '@limaml/graph';
import type { Algorithm } from '../algorithm/algorithm.js';
import type { FeatureTensors, MetaInput, Model, ModelParams } from '../model.js';
import { type LabelledRows, rowLosses } from '../row-losses.js';
import { type EpisodeMasks, meanOverTasks } from '../task-weights.js';

/** Everything that the outer loss of a batch of episodes is made from. */
export interface OuterInput {
  readonly model: Model;
  readonly theta: ModelParams<Tensor>;
  readonly input: MetaInput;
  readonly query: LabelledRows;
  readonly algorithm: Algorithm;
  readonly rates: FeatureTensors;
  readonly stepWeights?: Tensor;
}

/** A loss to report, and a scalar whose gradient is the meta-gradient. */
export interface MetaObjective {
  readonly loss: Tensor;
  readonly surrogate: Tensor;
}

/** Mean query loss of a batch with these weights, shared or each task's own. */
export function queryLoss(
  { model, input, query, algorithm }: OuterInput,
  params: ModelParams<Tensor>,
): Tensor {
  const embedding = model.metaEmbedding(params.meta, input);
  const network = { params, embedding, tables: input.tables };
  return meanOverTasks(
    rowLosses(model, network, query, algorithm),
    algorithm,
    masksOf(input, query),
  );
}

/** Which rows are real. */
export function masksOf({ support }: MetaInput, query: LabelledRows): EpisodeMasks {
  return { support: support.mask, query: query.mask };
}
