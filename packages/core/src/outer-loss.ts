import type { Tensor } from '@limaml/graph';
import type { Algorithm } from './algorithm/algorithm.js';
import { innerLoop } from './inner-loop/inner-loop.js';
import { implicitObjective } from './meta-gradient/implicit.js';
import { jointObjective } from './meta-gradient/joint.js';
import type { MetaObjective, OuterInput } from './meta-gradient/meta-objective.js';
import { reptileObjective } from './meta-gradient/reptile.js';
import { unrolledObjective } from './meta-gradient/unrolled.js';
import type { FeatureTensors, MetaInput, Model, ModelParams } from './model.js';
import { type LabelledRows, scoreInput, targetScores } from './row-losses.js';

/** A task's query set, `Q` rows that are after its support set in time; see {@link LabelledRows}. */
export type QuerySet = LabelledRows;

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
 * @returns meta embeddings `[T, D]`, logits `[T, B]`, and those of the model's targets by name
 */
export function adaptAndScore(
  model: Model,
  theta: ModelParams<Tensor>,
  input: MetaInput,
  query: Pick<QuerySet, 'rows' | 'noise'>,
  algorithm: Algorithm,
  rates: FeatureTensors = {},
): {
  readonly embedding: Tensor;
  readonly logits: Tensor;
  readonly targets: Readonly<Record<string, Tensor>>;
} {
  const params = innerLoop(model, theta, input, algorithm, rates);
  const embedding = model.metaEmbedding(params.meta, input);
  const scored = scoreInput({ params, embedding, tables: input.tables }, query);
  const logits = model.score(params.global, scored);
  return { embedding, logits, targets: targetScores(model, params, scored) };
}

/**
 * What meta-training minimises, and what to differentiate for it.
 *
 * The *loss* is the mean over all real query rows of all tasks (or as `taskWeighting` says), each scored by
 * the network that was adapted to its task:
 *
 * $$L(\theta) = \frac{\sum_{iq} w_{iq}\, \ell(z_{iq}(\theta'_i), y_{iq})}{\sum_{iq} w_{iq}}$$
 *
 * With a multi-step loss it is $\sum_k v_k L_k$ over the states after each step; with `metaGradient: 'joint'`,
 * that of the initial weights.
 *
 * The gradient of the *surrogate* is the meta-gradient of the algorithm. For unrolled and joint training the
 * surrogate is the loss; where an algorithm has a gradient that is not the derivative of its loss
 * (Reptile, iMAML), its value means nothing.
 *
 * @param theta initial weights θ
 * @param rates learned inner rates, see {@link innerLoop}
 * @param stepWeights of `stepLoss: { anneal }`, `[K]`: weights of the losses after 1…K steps. Default: equal
 * @returns two scalars
 * @throws LIMAML_ERR_CORE_NOTHING_ADAPTED, LIMAML_ERR_CORE_ALGORITHM_CONFLICT, LIMAML_ERR_CORE_HOOK_FAILED,
 *   LIMAML_ERR_CORE_HOOK_SHAPE, LIMAML_ERR_CORE_TARGET_MISSING
 * @see Finn, Abbeel & Levine 2017, algorithm 2, line 10
 *
 * @example
 * ```ts
 * const { loss, surrogate } = outerObjective(model, theta, episodes, imaml({ innerSteps: 5 }));
 * const [metaGradient] = grad(surrogate, [theta.meta.kernel]);
 * ```
 */
export function outerObjective(
  model: Model,
  theta: ModelParams<Tensor>,
  { input, query }: Episodes,
  algorithm: Algorithm,
  rates: FeatureTensors = {},
  stepWeights?: Tensor,
): MetaObjective {
  return OBJECTIVES[algorithm.metaGradient]({
    ...{ model, theta, input, query, algorithm, rates },
    ...(stepWeights && { stepWeights }),
  });
}

const OBJECTIVES: Readonly<
  Record<Algorithm['metaGradient'], (outer: OuterInput) => MetaObjective>
> = {
  unrolled: unrolledObjective,
  implicit: implicitObjective,
  reptile: reptileObjective,
  joint: jointObjective,
};

/**
 * The loss that meta-training minimises, a scalar; see {@link outerObjective}. For unrolled and joint
 * training, `grad` of it is the meta-gradient.
 */
export function outerLoss(
  model: Model,
  theta: ModelParams<Tensor>,
  episodes: Episodes,
  algorithm: Algorithm,
  rates: FeatureTensors = {},
): Tensor {
  return outerObjective(model, theta, episodes, algorithm, rates).loss;
}
