import type { Tensor } from '@limaml/graph';
import type { Algorithm } from './algorithm.js';
import { innerLoop } from './inner-loop.js';
import { maskedMean, ROW_LOSSES } from './losses.js';
import type { FeatureTensors, MetaInput, Model, ModelParams } from './model.js';

/** A task's query set, `Q` rows that are after its support set in time. */
export interface QuerySet {
  /** Row features, each `[T, Q, …]`. */
  readonly rows: FeatureTensors;
  /** Labels `[T, Q]`. */
  readonly label: Tensor;
  /** 1 for a real row, 0 for padding, `[T, Q]`. */
  readonly mask: Tensor;
  /** Dropout masks, see `ScoreInput.noise`. */
  readonly noise?: FeatureTensors;
}

/** One episode of each of T tasks. */
export interface Episodes {
  readonly input: MetaInput;
  readonly query: QuerySet;
}

/**
 * Adapts to each task's support set and scores its rows with the adapted network.
 *
 * $$e_i = f_{\text{meta}}(\theta'_i; x_i), \qquad z_{ib} = g_{\text{global}}([e_i; x_{ib}])$$
 *
 * @returns meta embeddings `[T, D]` and logits `[T, B]`
 */
export function adaptAndScore(
  model: Model,
  theta: ModelParams<Tensor>,
  input: MetaInput,
  query: Pick<QuerySet, 'rows' | 'noise'>,
  algorithm: Algorithm,
  rates: FeatureTensors = {},
): { readonly embedding: Tensor; readonly logits: Tensor } {
  const fastWeights = innerLoop(model, theta, input, algorithm, rates);
  const embedding = model.metaEmbedding(fastWeights.meta, input);
  const logits = model.score(fastWeights.global, { embedding, tables: input.tables, ...query });
  return { embedding, logits };
}

/**
 * The loss that meta-training minimises: the mean over all real query rows of all tasks, each scored
 * by the network that was adapted to its task.
 *
 * $$L(\theta) = \frac{\sum_{iq} w_{iq}\, \ell(z_{iq}(\theta'_i), y_{iq})}{\sum_{iq} w_{iq}}$$
 *
 * @param theta initial weights θ: `grad` of the result with respect to them is the meta-gradient
 * @param rates learned inner rates, see {@link innerLoop}
 * @returns a scalar
 * @see Finn, Abbeel & Levine 2017, algorithm 2, line 10
 */
export function outerLoss(
  model: Model,
  theta: ModelParams<Tensor>,
  { input, query }: Episodes,
  algorithm: Algorithm,
  rates: FeatureTensors = {},
): Tensor {
  const { label, mask, ...scored } = query;
  const { logits } = adaptAndScore(model, theta, input, scored, algorithm, rates);
  return maskedMean(ROW_LOSSES[algorithm.loss](logits, label), mask);
}
