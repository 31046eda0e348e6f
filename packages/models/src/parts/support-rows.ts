import type { MetaInput, SupportSet, TableSpec } from '@limaml/core';
import { concat, expandDims, mul, sigmoid, sub, type Tensor, type TensorSpec } from '@limaml/graph';
import type { EncodedFeature, FeatureSchema } from '@limaml/plugin';
import { type BlockParts, tableSettings } from '../block-parts.js';
import { isCandidateVector } from './candidate-vector.js';
import { type FeatureEmbeddings, featureEmbeddings } from './feature-embeddings.js';

/** Everything known of a support row as one vector. */
export interface SupportRows {
  /** Width R of the vector. */
  readonly width: number;
  readonly tables: Readonly<Record<string, TableSpec>>;
  readonly inputs: {
    readonly rows: Readonly<Record<string, TensorSpec>>;
    readonly outcomes: Readonly<Record<string, TensorSpec>>;
  };
  /** `[T, S, R]`. */
  apply(input: MetaInput): Tensor;
}

/**
 * A support row as one vector: the candidate's vector v, its features x, its outcomes o and its label y.
 *
 * ```text
 * [ v ; x ; o ; y ]      [T, S, R], R = M + W + O + 1
 * ```
 *
 * Without parameters; ids go through tables of their own.
 *
 * @example
 * ```ts
 * const rows = supportRows(parts);
 * const r = rows.apply(input);
 * ```
 */
export function supportRows(parts: BlockParts): SupportRows {
  const { candidate } = parts;
  const [rows, outcomes] = [ownedBy('row', parts), ownedBy('outcome', parts)];
  return {
    width: candidate.width + rows.width + outcomes.width + 1,
    tables: { ...candidate.tables, ...rows.tables, ...outcomes.tables },
    inputs: { rows: { ...candidate.inputs, ...rows.inputs }, outcomes: outcomes.inputs },
    apply({ support, tables }) {
      const vector = candidate.apply(support.rows, tables);
      const known = [rows.apply(support.rows, tables), outcomes.apply(support.outcomes, tables)];
      const label = expandDims(support.label, -1);
      return concat([vector, ...known.filter((part) => part !== undefined), label], -1);
    },
  };
}

/**
 * {@link supportRows} and the candidate's vector signed by how much better or worse than its rate the row
 * went, so that a layer need not learn this product:
 *
 * ```text
 * [ v ; x ; o ; y ; (y − σ(rate)) v ]      [T, S, R], R = 2 M + W + O + 1
 * ```
 *
 * @example
 * ```ts
 * const r = signedSupportRows(parts).apply(input);
 * ```
 */
export function signedSupportRows(parts: BlockParts): SupportRows {
  const { candidate, schema } = parts;
  const plain = supportRows(parts);
  return {
    ...plain,
    width: plain.width + candidate.width,
    apply(input) {
      const vector = candidate.apply(input.support.rows, input.tables);
      const signed = mul(surprise(schema, input.support), vector);
      return concat([plain.apply(input), signed], -1);
    },
  };
}

/**
 * How much better or worse than its candidate's rate a row went, `[T, S, 1]`: `y − σ(rate)`, and `y − mean − rate`
 * where labels are numbers.
 */
export function surprise(
  { features, labelMean }: FeatureSchema,
  { label, rows }: SupportSet,
): Tensor {
  const rate = features.find(({ role }) => role === 'candidate-rate');
  const y = expandDims(label, -1);
  if (labelMean === undefined) return sub(y, rate ? sigmoid(rows[rate.name]!) : 0.5);
  const centred = sub(y, labelMean);
  return rate ? sub(centred, rows[rate.name]!) : centred;
}

function ownedBy(owner: EncodedFeature['owner'], parts: BlockParts): FeatureEmbeddings {
  const { features } = parts.schema;
  const owned = features.filter((f) => f.owner === owner && !isCandidateVector(f));
  return featureEmbeddings(owned, ['T', 'B'], tableSettings(parts, 'meta'));
}
