import {
  add,
  cast,
  greater,
  mul,
  spec,
  squeeze,
  type Tensor,
  type TensorSpec,
} from '@limaml/graph';
import type { Algorithm } from './algorithm/algorithm.js';
import { targetMissing } from './errors.js';
import { ROW_LOSSES } from './losses.js';
import type { FeatureTensors, Model, ModelParams, ScoreInput, TargetSpec } from './model.js';

/** Rows whose labels are known: a support set, or a query set in training. */
export interface LabelledRows {
  /** Row features, each `[T, B, …]`. */
  readonly rows: FeatureTensors;
  /** What came of the rows, each `[T, B, …]`; needed for targets only. */
  readonly outcomes?: FeatureTensors;
  /** Labels `[T, B]`. */
  readonly label: Tensor;
  /** 1 for a real row, 0 for padding, `[T, B]`. */
  readonly mask: Tensor;
  /** Dropout masks, see `ScoreInput.noise`. */
  readonly noise?: FeatureTensors;
}

/** A network that is ready to score: shared or fast weights, and the embeddings that they give. */
export interface ReadyNetwork {
  readonly params: ModelParams<Tensor>;
  /** Meta embeddings `[T, D]`. */
  readonly embedding: Tensor;
  readonly tables: FeatureTensors;
}

/**
 * Loss of every row, `[T, B]`: of its label, and of the model's targets, each with its weight.
 *
 * $$\ell_{tb} = \ell(z_{tb}, y_{tb}) + \sum_j w_j\, \ell_j(z^{(j)}_{tb}, y^{(j)}_{tb})$$
 *
 * @throws LIMAML_ERR_CORE_TARGET_MISSING when the model does not score one of its targets
 */
export function rowLosses(
  model: Model,
  network: ReadyNetwork,
  rows: LabelledRows,
  { loss }: Pick<Algorithm, 'loss'>,
): Tensor {
  const input = scoreInput(network, rows);
  const ofLabel = ROW_LOSSES[loss](model.score(network.params.global, input), rows.label);
  const scores = targetScores(model, network.params, input);
  return Object.entries(model.targets ?? {}).reduce((total, [name, target]) => {
    const label = targetLabel(rows.outcomes![target.outcome]!, target);
    return add(total, mul(target.weight, ROW_LOSSES[target.loss](scores[name]!, label)));
  }, ofLabel);
}

/** What the global block is given to score rows. */
export function scoreInput(
  { embedding, tables }: ReadyNetwork,
  { rows, noise }: Pick<LabelledRows, 'rows' | 'noise'>,
): ScoreInput {
  return { embedding, rows, tables, ...(noise && { noise }) };
}

/**
 * Logits or values of a model's targets, `[T, B]` by name.
 *
 * @throws LIMAML_ERR_CORE_TARGET_MISSING when one of them is not scored
 */
export function targetScores(
  model: Model,
  { global }: ModelParams<Tensor>,
  input: ScoreInput,
): Readonly<Record<string, Tensor>> {
  const names = Object.keys(model.targets ?? {});
  if (names.length === 0) return {};
  const scores = model.scoreTargets?.(global, input) ?? {};
  const missing = names.find((name) => scores[name] === undefined);
  if (missing !== undefined) throw targetMissing(model.name, missing, Object.keys(scores));
  return scores;
}

/** Outcome features that a model's targets are read from, by name: `[T, B, 1]` each. */
export function targetOutcomes({ targets = {} }: Model): Readonly<Record<string, TensorSpec>> {
  return Object.fromEntries(
    Object.values(targets).map(({ outcome }) => [outcome, spec(['T', 'B', 1])]),
  );
}

/** See {@link TargetSpec.outcome}. */
function targetLabel(outcome: Tensor, { loss }: TargetSpec): Tensor {
  const value = squeeze(outcome, -1);
  return loss === 'squared-error' ? value : cast(greater(value, 0), 'float32');
}
