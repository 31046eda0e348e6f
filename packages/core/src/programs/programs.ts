import { grad, type Program, sigmoid, topologicalOrder, trace } from '@limaml/graph';
import type { Algorithm } from '../algorithm.js';
import { innerLoop } from '../inner-loop.js';
import type { Model } from '../model.js';
import { adaptAndScore, outerLoss } from '../outer-loss.js';
import {
  emptySupport,
  metaInputs,
  parameterInputs,
  queryInputs,
  readMetaInput,
  readParams,
  readQuery,
  readRates,
  readRows,
  readTables,
  scoreInputs,
} from './program-inputs.js';

/**
 * One outer step, up to the optimiser: episodes and parameters → loss and all gradients.
 *
 * Inputs: parameters (`meta/…`, `global/…`, `rate/…`, `table/…`), entity features `[T, …]`, `support/…`
 * `[T, S, …]`, `query/…` `[T, Q, …]`, dropout masks `noise/…`.
 * Outputs: `loss` (see {@link outerLoss}) and `grad/<input>` for every parameter.
 *
 * @throws LIMAML_ERR_CORE_NOTHING_ADAPTED when there are inner steps but nothing to move
 */
export function trainProgram(model: Model, algorithm: Algorithm): Program {
  const parameters = parameterInputs(model, algorithm);
  const specs = { ...parameters, ...metaInputs(model), ...queryInputs(model) };
  const program = trace(specs, (tensors) => {
    const episodes = { input: readMetaInput(model, tensors), query: readQuery(model, tensors) };
    const theta = readParams(model, tensors);
    const loss = outerLoss(model, theta, episodes, algorithm, readRates(tensors));
    const names = Object.keys(parameters);
    const gradients = grad(
      loss,
      names.map((name) => tensors[name]!),
    );
    return { loss, ...Object.fromEntries(names.map((name, i) => [`grad/${name}`, gradients[i]!])) };
  });
  return withoutUnusedInputs(program);
}

/**
 * The adapted network on query rows, without dropout: what offline evaluation runs.
 *
 * Inputs as in {@link trainProgram}, without labels and masks of the query set.
 * Outputs: `logits` `[T, Q]`, `embedding` `[T, D]`.
 */
export function evaluateProgram(model: Model, algorithm: Algorithm): Program {
  const parameters = parameterInputs(model, algorithm);
  const specs = { ...parameters, ...metaInputs(model), ...queryInputs(model) };
  const program = trace(specs, (tensors) => {
    const theta = readParams(model, tensors);
    const { rows } = readQuery(model, tensors);
    const input = readMetaInput(model, tensors);
    return adaptAndScore(model, theta, input, { rows }, algorithm, readRates(tensors));
  });
  return withoutUnusedInputs(program);
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
 * `logits` `[T, N]` and `probability` `[T, N]`, the sigmoid of the logits.
 */
export function scoreProgram(model: Model): Program {
  const specs = { ...parameterInputs(model), ...scoreInputs(model) };
  const program = trace(specs, (tensors) => {
    const logits = model.score(readParams(model, tensors).global, {
      embedding: tensors.embedding!,
      rows: readRows(model, tensors),
      tables: readTables(tensors),
    });
    return { logits, probability: sigmoid(logits) };
  });
  return withoutUnusedInputs(program);
}

/** Drops inputs that no output depends on, so that nobody has to feed them. */
function withoutUnusedInputs({ inputs, outputs }: Program): Program {
  const used = new Set(topologicalOrder(Object.values(outputs)));
  const kept = Object.entries(inputs).filter(([, tensor]) => used.has(tensor));
  return { inputs: Object.fromEntries(kept), outputs };
}
