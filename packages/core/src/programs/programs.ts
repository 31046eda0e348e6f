import {
  grad,
  type Program,
  sigmoid,
  sum,
  type Tensor,
  topologicalOrder,
  trace,
} from '@limaml/graph';
import type { Algorithm } from '../algorithm/algorithm.js';
import { innerLoop } from '../inner-loop/inner-loop.js';
import type { Model } from '../model.js';
import { adaptAndScore, type Episodes, outerObjective } from '../outer-loss.js';
import { targetScores } from '../row-losses.js';
import { taskWeights, weighsBySize } from '../task-weights.js';
import {
  emptySupport,
  metaInputs,
  parameterInputs,
  queryInputs,
  readMetaInput,
  readParams,
  readQuery,
  readQueryRows,
  readRates,
  readRows,
  readTables,
  scoreInputs,
  STEP_WEIGHTS,
  trainingInputs,
} from './program-inputs.js';

/**
 * One outer step, up to the optimiser: episodes and parameters → loss and all gradients.
 *
 * Inputs: parameters (`meta/…`, `global/…`, `rate/…`, `table/…`), entity features `[T, …]`, `support/…`
 * `[T, S, …]`, `query/…` `[T, Q, …]` with the outcomes of targets, dropout masks `noise/…` and, where the inner
 * loop has dropout, `noise/support/…`; `step/weights` `[K]` where the multi-step loss is annealed.
 * Outputs: `loss` and `grad/<input>` for every parameter, see {@link outerObjective}; `weight`, what the tasks
 * of the batch count together, where that is not their number of query rows.
 *
 * @throws LIMAML_ERR_CORE_NOTHING_ADAPTED when there are inner steps but nothing to move
 * @throws LIMAML_ERR_CORE_ALGORITHM_CONFLICT, LIMAML_ERR_CORE_HOOK_FAILED, LIMAML_ERR_CORE_HOOK_SHAPE,
 *   LIMAML_ERR_CORE_TARGET_MISSING
 */
export function trainProgram(model: Model, algorithm: Algorithm): Program {
  const parameters = parameterInputs(model, algorithm);
  const names = Object.keys(parameters);
  const episodes = { ...metaInputs(model), ...queryInputs(model) };
  const specs = { ...parameters, ...episodes, ...trainingInputs(model, algorithm) };
  const program = trace(specs, (tensors) => {
    const batch = { input: readMetaInput(model, tensors), query: readQuery(model, tensors) };
    const [theta, rates] = [readParams(model, tensors), readRates(tensors)];
    const weights = tensors[STEP_WEIGHTS];
    const { loss, surrogate } = outerObjective(model, theta, batch, algorithm, rates, weights);
    const wrt = names.map((name) => tensors[name]!);
    const gradients = grad(surrogate, wrt).map((each, i) => [`grad/${names[i]!}`, each] as const);
    return { loss, ...Object.fromEntries(gradients), ...batchWeight(algorithm, batch) };
  });
  return withoutUnusedInputs(program);
}

/** By size, the weight of a batch is known to who made it. */
function batchWeight(algorithm: Algorithm, { input, query }: Episodes): Record<string, Tensor> {
  if (weighsBySize(algorithm)) return {};
  const masks = { support: input.support.mask, query: query.mask };
  return { weight: sum(taskWeights(algorithm, masks)) };
}

/**
 * The adapted network on query rows, without dropout: what offline evaluation runs.
 *
 * Inputs as in {@link trainProgram}, without what only training knows.
 * Outputs: `logits` `[T, Q]`, `embedding` `[T, D]`, `logits/<target>` `[T, Q]` and, for targets of cross-entropy,
 * `probability/<target>`.
 */
export function evaluateProgram(model: Model, algorithm: Algorithm): Program {
  const parameters = parameterInputs(model, algorithm);
  const specs = { ...parameters, ...metaInputs(model), ...queryInputs(model) };
  const program = trace(specs, (tensors) => {
    const theta = readParams(model, tensors);
    const rows = readQueryRows(model, tensors);
    const input = readMetaInput(model, tensors);
    const rates = readRates(tensors);
    const { targets, ...scored } = adaptAndScore(model, theta, input, { rows }, algorithm, rates);
    return { ...scored, ...targetOutputs(model, targets) };
  });
  return withoutUnusedInputs(program);
}

function targetOutputs(
  { targets = {} }: Model,
  scores: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  const outputs = Object.entries(scores).flatMap(([name, score]) => [
    [`logits/${name}`, score] as const,
    ...(targets[name]?.loss === 'binary-cross-entropy'
      ? [[`probability/${name}`, sigmoid(score)] as const]
      : []),
  ]);
  return Object.fromEntries(outputs);
}

/**
 * Adaptation as a program: entity features and support set → `embedding` `[T, D]`, the meta embedding
 * of each task after its inner steps.
 */
export function adaptProgram(model: Model, algorithm: Algorithm): Program {
  const specs = { ...parameterInputs(model, algorithm), ...metaInputs(model) };
  const program = trace(specs, (tensors) => {
    const input = readMetaInput(model, tensors);
    const theta = readParams(model, tensors);
    const { meta } = innerLoop(model, theta, input, algorithm, readRates(tensors));
    return { embedding: model.metaEmbedding(meta, input) };
  });
  return withoutUnusedInputs(program);
}

/**
 * Entity features → `embedding` `[T, D]` of an entity without any support: what {@link adaptProgram}
 * gives for an empty support set, since without rows no step moves anything.
 */
export function priorProgram(model: Model): Program {
  const specs = { ...parameterInputs(model), ...model.inputs.entity };
  const program = trace(specs, (tensors) => {
    const support = emptySupport(model);
    const input = { ...readMetaInput(model, tensors), support };
    return { embedding: model.metaEmbedding(readParams(model, tensors).meta, input) };
  });
  return withoutUnusedInputs(program);
}

/**
 * Online scoring: stored meta embeddings `embedding` `[T, D]` and row features `[T, N, …]` →
 * `logits` `[T, N]` and `probability` `[T, N]`, the sigmoid of the logits; for every target
 * `logits/<target>` and, where its loss is cross-entropy, `probability/<target>`, `[T, N]`.
 */
export function scoreProgram(model: Model): Program {
  const specs = { ...parameterInputs(model), ...scoreInputs(model) };
  const program = trace(specs, (tensors) => {
    const params = readParams(model, tensors);
    const [rows, tables] = [readRows(model, tensors), readTables(tensors)];
    const input = { embedding: tensors.embedding!, rows, tables };
    const logits = model.score(params.global, input);
    const targets = targetOutputs(model, targetScores(model, params, input));
    return { logits, probability: sigmoid(logits), ...targets };
  });
  return withoutUnusedInputs(program);
}

/** Drops inputs that no output depends on, so that nobody has to feed them. */
function withoutUnusedInputs({ inputs, outputs }: Program): Program {
  const used = new Set(topologicalOrder(Object.values(outputs)));
  const kept = Object.entries(inputs).filter(([, tensor]) => used.has(tensor));
  return { inputs: Object.fromEntries(kept), outputs };
}
