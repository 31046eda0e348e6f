import { embed, type FeatureTensors, type TableSpec } from '@limaml/core';
import { type Tensor, type TensorSpec } from '@limaml/graph';
import type { EncodedFeature, FeatureSchema } from '@limaml/plugin';
import { featureMissing } from '../errors.js';
import type { ModelOptions } from '../options.js';
import { inputSpec } from './feature-embeddings.js';

/** Name of the table of learned candidate vectors. */
const TABLE = 'candidate';

/** The vector v of a candidate that a meta embedding is matched with. */
export interface CandidateVector {
  /** Width M of v. */
  readonly width: number;
  /** Whether it is fitted before training, not learned with the model. */
  readonly fitted: boolean;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly tables: Readonly<Record<string, TableSpec>>;
  /** `[T, B, M]`. */
  apply(rows: FeatureTensors, tables: FeatureTensors): Tensor;
}

/**
 * The candidate's fitted factors where the schema has them, else a learned embedding of
 * its id. Fitted factors marginalise the other side and are cross-fitted, so they over-fit less.
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when the schema has neither
 */
export function candidateVector(
  model: string,
  schema: FeatureSchema,
  options: ModelOptions,
): CandidateVector {
  const factors = schema.features.find(({ role }) => role === 'candidate-factors');
  if (factors) return fittedVector(factors);
  const id = schema.features.find(({ role }) => role === 'candidate-id');
  const names = schema.features.map(({ name }) => name);
  if (!id) throw featureMissing(model, 'a candidate id', names);
  return learnedVector(id, options);
}

function fittedVector(factors: EncodedFeature): CandidateVector {
  const { name, width } = factors;
  const inputs = { [name]: inputSpec(factors, ['T', 'B']) };
  return { width, fitted: true, inputs, tables: {}, apply: (rows) => rows[name]! };
}

function learnedVector(
  id: EncodedFeature,
  { candidateDim, wholeTableLimit }: ModelOptions,
): CandidateVector {
  const table: TableSpec = {
    vocabulary: id.vocabulary,
    rows: id.size,
    dim: candidateDim,
    init: { kind: 'normal', stddev: 0.1 },
    feed: id.size > wholeTableLimit ? 'rows' : 'whole',
  };
  return {
    width: candidateDim,
    fitted: false,
    inputs: { [id.name]: inputSpec(id, ['T', 'B']) },
    tables: { [TABLE]: table },
    apply: (rows, tables) => embed(tables[TABLE]!, rows[id.name]!),
  };
}

/** Whether a feature is what {@link candidateVector} makes v from. */
export function isCandidateVector({ role }: EncodedFeature): boolean {
  return role === 'candidate-id' || role === 'candidate-factors';
}
