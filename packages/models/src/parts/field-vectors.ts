import {
  branch,
  dense,
  type FeatureTensors,
  type Layer,
  type ParamSpec,
  type TableSpec,
  type Tree,
} from '@limaml/core';
import { concat, expandDims, type Tensor, type TensorSpec } from '@limaml/graph';
import type { EncodedFeature } from '@limaml/plugin';
import { featureEmbeddings, type FeatureEmbeddingOptions } from './feature-embeddings.js';

/** See {@link fieldVectors}. */
export interface FieldVectors {
  /** Fields F. */
  readonly count: number;
  readonly params: Tree<ParamSpec>;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly tables: Readonly<Record<string, TableSpec>>;
  /** One vector `[T, B, D]` per field. */
  apply(params: Tree<Tensor>, rows: FeatureTensors, tables: FeatureTensors): Tensor[];
}

/**
 * Every row feature as a vector of one width D, so that interactions can multiply any two of them: ids
 * through tables, numbers times a learned vector each.
 *
 * ```text
 * id [T, B] ── table [U, D] ───────────┐
 * ids [T, B, L] ── mean of the table ──┼─ F fields, [T, B, D] each
 * numbers [T, B, w] ── dense w → D ────┘
 * ```
 *
 * `w D` parameters per dense feature, `<feature>/kernel`, and D numbers per id in the tables.
 *
 * @param options `dim` is D
 * @see Guo et al. 2017 (DeepFM), section 2.1; Song et al. 2019 (AutoInt), eq. (3) and (4)
 * @example
 * ```ts
 * const fields = fieldVectors(rowFeatures, { dim: 16, wholeTableLimit: 4096, prefix: 'global' });
 * const all = stackFields(fields.apply(params, rows, tables)); // [T, B, F, 16]
 * ```
 */
export function fieldVectors(
  features: readonly EncodedFeature[],
  options: FeatureEmbeddingOptions,
): FieldVectors {
  const parts = features.map((feature) => ({
    name: feature.name,
    embedding: featureEmbeddings([feature], ['T', 'B'], options),
    lift: feature.kind === 'dense' ? liftOf(feature, options.dim) : undefined,
  }));
  const lifted = parts.flatMap(({ name, lift }) => (lift ? [[name, lift.params]] : []));
  return {
    count: features.length,
    params: Object.fromEntries(lifted) as Tree<ParamSpec>,
    inputs: Object.assign({}, ...parts.map(({ embedding }) => embedding.inputs)) as FieldInputs,
    tables: Object.assign({}, ...parts.map(({ embedding }) => embedding.tables)) as FieldTables,
    apply: (params, rows, tables) =>
      parts.map(({ name, embedding, lift }) => {
        const x = embedding.apply(rows, tables)!;
        return lift ? lift.apply(branch(params, name), x) : x;
      }),
  };
}

type FieldInputs = FieldVectors['inputs'];
type FieldTables = FieldVectors['tables'];

/** As small as rows of a table: products of fields should start small. */
function liftOf({ width }: EncodedFeature, dim: number): Layer {
  const init = { kind: 'normal', stddev: 0.1 } as const;
  return dense({ inputs: width, outputs: dim, bias: false, init });
}

/** Fields `[T, B, D]` as one tensor, `[T, B, F, D]`. */
export function stackFields(fields: readonly Tensor[]): Tensor {
  return concat(
    fields.map((field) => expandDims(field, 2)),
    2,
  );
}
