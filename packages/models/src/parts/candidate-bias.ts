import {
  alignTasks,
  embed,
  type FeatureTensors,
  leaf,
  type ParamSpec,
  type TableSpec,
  type Tree,
} from '@limaml/core';
import { mul, squeeze, type Tensor, type TensorSpec } from '@limaml/graph';
import type { EncodedFeature, FeatureSchema } from '@limaml/plugin';
import { featureMissing } from '../errors.js';
import { inputSpec } from './feature-embeddings.js';

/** Name of the table of learned biases. */
const TABLE = 'candidate-bias';

/** How much a candidate is liked by everybody. */
export interface CandidateBias {
  readonly params: Tree<ParamSpec>;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly tables: Readonly<Record<string, TableSpec>>;
  /** b_c, `[T, B]`. */
  apply(params: Tree<Tensor>, rows: FeatureTensors, tables: FeatureTensors): Tensor;
}

/**
 * The candidate's rate, scaled, where the schema has it, else a learned number per candidate. Rates are
 * cross-fitted, so they over-fit less.
 *
 * ```text
 * rate [T, B, 1] ── · w_r ── b_c [T, B]        or        id [T, B] ── table [U, 1] ── b_c [T, B]
 * ```
 *
 * 1 parameter, `rate` from 1; or none and a number per candidate.
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when the schema has neither
 * @see Koren, Bell & Volinsky 2009, eq. (3)
 * @example
 * ```ts
 * const bias = candidateBias('logistic-mf', schema, 4096);
 * ```
 */
export function candidateBias(
  model: string,
  { features }: FeatureSchema,
  wholeTableLimit: number,
): CandidateBias {
  const rate = features.find(({ role }) => role === 'candidate-rate');
  if (rate) return rateBias(rate);
  const id = features.find(({ role }) => role === 'candidate-id');
  const names = features.map(({ name }) => name);
  if (!id) throw featureMissing(model, 'a candidate id or rate', names);
  return learnedBias(id, wholeTableLimit);
}

function rateBias(rate: EncodedFeature): CandidateBias {
  return {
    params: { rate: { shape: [1], init: { kind: 'constant', value: 1 } } },
    inputs: { [rate.name]: inputSpec(rate, ['T', 'B']) },
    tables: {},
    apply: (params, rows) =>
      squeeze(mul(rows[rate.name]!, alignTasks(leaf(params, 'rate'), 1, 3)), -1),
  };
}

function learnedBias(id: EncodedFeature, wholeTableLimit: number): CandidateBias {
  const feed = id.size > wholeTableLimit ? 'rows' : 'whole';
  const { vocabulary, size: rows } = id;
  return {
    params: {},
    inputs: { [id.name]: inputSpec(id, ['T', 'B']) },
    tables: { [TABLE]: { vocabulary, rows, dim: 1, init: { kind: 'zeros' }, feed } },
    apply: (_, rows, tables) => squeeze(embed(tables[TABLE]!, rows[id.name]!), -1),
  };
}
