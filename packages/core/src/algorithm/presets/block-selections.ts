import type { Algorithm } from '../algorithm.js';
import { createAlgorithm } from '../create-algorithm.js';

/**
 * ANIL, "almost no inner loop": the inner loop adapts the head of the meta block only; its body is shared and
 * learns features that suit all tasks.
 *
 * $$\theta = (\theta_{\text{body}}, \theta_{\text{head}}), \qquad
 *   \theta'_{\text{head}} = \theta_{\text{head}} - \alpha \nabla_{\theta_{\text{head}}} L_{\text{support}}(\theta), \qquad
 *   \theta'_{\text{body}} = \theta_{\text{body}}$$
 *
 * @param options any of {@link Algorithm}; defaults as for {@link maml}, but `adapts: 'head'`, which needs a model
 *   that says what its head is
 * @throws LIMAML_ERR_CORE_OPTION_INVALID, LIMAML_ERR_CORE_ALGORITHM_CONFLICT
 * @see Raghu, Raghu, Bengio & Vinyals 2020, section 4.1
 *
 * @example
 * ```ts
 * const algorithm = anil({ innerSteps: 3, innerLearningRate: 0.5 });
 * ```
 */
export function anil(options: Partial<Algorithm> = {}): Algorithm {
  return createAlgorithm({ name: 'anil', adapts: 'head' }, options);
}

/**
 * BOIL, "body only update in inner loop": the contrary of {@link anil}. The head stays, so what adapts is the
 * representation that it reads.
 *
 * $$\theta'_{\text{body}} = \theta_{\text{body}} - \alpha \nabla_{\theta_{\text{body}}} L_{\text{support}}(\theta), \qquad
 *   \theta'_{\text{head}} = \theta_{\text{head}}$$
 *
 * @param options any of {@link Algorithm}; defaults as for {@link maml}, but `adapts: 'body'`, which needs a model
 *   that says what its head is
 * @throws LIMAML_ERR_CORE_OPTION_INVALID, LIMAML_ERR_CORE_ALGORITHM_CONFLICT
 * @see Oh, Yoo, Kim & Yun 2021, section 3.2
 *
 * @example
 * ```ts
 * const algorithm = boil({ innerSteps: 1 });
 * ```
 */
export function boil(options: Partial<Algorithm> = {}): Algorithm {
  return createAlgorithm({ name: 'boil', adapts: 'body' }, options);
}

/** Weight of the loss before the step, in {@link metaEmb}. */
const COLD_START_WEIGHT = 0.1;

/**
 * Meta-Embedding: a network generates an entity's embedding from its features, one step moves the embedding
 * itself, and training wants both to be good.
 *
 * $$e = f_{\text{meta}}(\theta; x), \qquad e' = e - a \nabla_e L_{\text{support}}(e), \qquad
 *   \min \; \alpha L_{\text{query}}(e) + (1 - \alpha) L_{\text{query}}(e')$$
 *
 * The embedding is moved through the meta block's `offset`, the vector that its last operation adds. Two things
 * differ from the paper: there the first term is the loss of the rows that the step learns from, while here both
 * are losses of later rows; and there the rest of the network is trained before and fixed, while here everything
 * is trained together.
 *
 * @param options any of {@link Algorithm}. Defaults: 1 step, α = 0.1, the parameter `meta/offset` alone; the rest
 *   as for {@link maml}
 * @throws LIMAML_ERR_CORE_OPTION_INVALID, LIMAML_ERR_CORE_ALGORITHM_CONFLICT
 * @see Pan, Li, Ao, Tang & He 2019, eq. (9) to (14)
 *
 * @example
 * ```ts
 * const algorithm = metaEmb({ innerLearningRate: 0.5 });
 * ```
 */
export function metaEmb(options: Partial<Algorithm> = {}): Algorithm {
  const stepLoss = [COLD_START_WEIGHT, 1 - COLD_START_WEIGHT];
  return createAlgorithm({ name: 'meta-emb', adapts: ['meta/offset'], stepLoss }, options);
}
