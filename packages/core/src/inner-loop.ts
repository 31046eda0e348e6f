import { sum, type Tensor } from '@limaml/graph';
import type { Algorithm } from './algorithm.js';
import { nothingAdapted } from './errors.js';
import { type FastWeights, innerStep, startWeights } from './fast-weights/inner-step.js';
import { maskedMean, ROW_LOSSES } from './losses.js';
import type { MetaInput, Model, ModelParams } from './model.js';
import { flattenTree, mapTree } from './tree.js';

/** Prefix of the names of meta parameters. */
const META = 'meta/';

/**
 * Names of the parameters that an algorithm adapts, in the order of the model's parameters.
 *
 * @throws LIMAML_ERR_CORE_NOTHING_ADAPTED when there are inner steps but nothing to move
 */
export function adaptedParameters(model: Model, algorithm: Algorithm): readonly string[] {
  if (algorithm.innerSteps === 0) return [];
  const all = flattenTree(model.params.meta).map(([path]) => META + path);
  const adapted = all.filter((path) => algorithm.adapts(path));
  if (adapted.length === 0) throw nothingAdapted(model.name, all);
  return adapted;
}

/**
 * Adapts the meta block to each task by gradient steps on its support set.
 *
 * $$\theta'_0 = \theta, \qquad \theta'_{k+1} = \theta'_k - \alpha\, \nabla_{\theta'_k} L_{\text{support}}(\theta'_k)$$
 *
 * All T tasks take their steps at once: adapted parameters are spread over a leading axis T, and since
 * a task's loss depends on its own slice only, the gradient of the *sum* of the T losses holds each
 * task's own gradient in its slice.
 *
 * @param theta initial weights θ; the global block is used, and not changed
 * @param input entity features and support set of T tasks
 * @param rates learned inner rates by name of the adapted parameter, each of the parameter's shape or a
 *   scalar; empty when the rate is fixed
 * @returns fast weights θ′: adapted parameters are `[T, …]`, the others as in `theta`. Differentiable
 *   in θ and in the rates; with `order: 'first'` the gradients of the steps count as constants
 * @throws LIMAML_ERR_CORE_NOTHING_ADAPTED when there are inner steps but nothing to move
 * @see Finn, Abbeel & Levine 2017, eq. (1)
 */
export function innerLoop(
  model: Model,
  theta: ModelParams<Tensor>,
  input: MetaInput,
  algorithm: Algorithm,
  rates: Readonly<Record<string, Tensor>> = {},
): ModelParams<Tensor> {
  const initial = selectParameters(theta, adaptedParameters(model, algorithm));
  const loop = { algorithm, initial, rates, tasks: input.support.mask.shape[0]! };
  let fast = startWeights(loop);
  for (let step = 0; step < algorithm.innerSteps; step++) {
    const loss = sum(supportLoss(model, withFastWeights(theta, fast), input, algorithm));
    fast = innerStep(loop, fast, loss);
  }
  return withFastWeights(theta, fast);
}

/**
 * Loss of each task on its support set, `[T]`.
 *
 * $$L_i = \frac{\sum_s w_{is}\, \ell(z_{is}, y_{is})}{\sum_s w_{is} + c}$$
 */
export function supportLoss(
  model: Model,
  params: ModelParams<Tensor>,
  input: MetaInput,
  { loss, supportShrinkage }: Algorithm,
): Tensor {
  const { support, tables } = input;
  const embedding = model.metaEmbedding(params.meta, input);
  const logits = model.score(params.global, { embedding, rows: support.rows, tables });
  const losses = ROW_LOSSES[loss](logits, support.label);
  return maskedMean(losses, support.mask, { axes: [1], shrinkage: supportShrinkage });
}

/** Meta parameters by name. */
function selectParameters(
  { meta }: ModelParams<Tensor>,
  names: readonly string[],
): Readonly<Record<string, Tensor>> {
  const byName = Object.fromEntries(flattenTree(meta).map(([path, value]) => [META + path, value]));
  return Object.fromEntries(names.map((name) => [name, byName[name]!]));
}

/** θ with the adapted parameters in the places of the shared ones. */
function withFastWeights(theta: ModelParams<Tensor>, fast: FastWeights): ModelParams<Tensor> {
  const meta = mapTree(theta.meta, (shared, path) => fast[META + path] ?? shared);
  return { meta, global: theta.global };
}
