import { embed, embedMean, type FeatureTensors, type TableSpec } from '@limaml/core';
import { concat, type Dim, spec, type Tensor, type TensorSpec } from '@limaml/graph';
import type { EncodedFeature } from '@limaml/plugin';

/** Encoded features as one vector: dense ones as they are, ids through tables. */
export interface FeatureEmbeddings {
  /** Width W of the vector; 0 where there is no feature. */
  readonly width: number;
  /** Shapes of the features, by name. */
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly tables: Readonly<Record<string, TableSpec>>;
  /** `[…, W]` from features `[…]` or `[…, width]`; undefined where W is 0. */
  apply(features: FeatureTensors, tables: FeatureTensors): Tensor | undefined;
}

/** Options of {@link featureEmbeddings}. */
export interface FeatureEmbeddingOptions {
  /** Width D of each table. */
  readonly dim: number;
  /** Vocabularies with more ids are fed row by row. */
  readonly wholeTableLimit: number;
  /** Part of the tables' names, so that two blocks do not share them by accident. */
  readonly prefix: string;
}

/**
 * Embeds every feature and concatenates: `x = [ dense ; E₁[id₁] ; mean E₂[ids₂] ; … ]`.
 *
 * @param features of one owner
 * @param axes leading dimensions, `['T']` for an entity, `['T', 'B']` for rows
 */
export function featureEmbeddings(
  features: readonly EncodedFeature[],
  axes: readonly Dim[],
  options: FeatureEmbeddingOptions,
): FeatureEmbeddings {
  const widths = features.map(({ kind, width }) => (kind === 'dense' ? width : options.dim));
  return {
    width: widths.reduce((total, width) => total + width, 0),
    inputs: Object.fromEntries(features.map((feature) => [feature.name, inputSpec(feature, axes)])),
    tables: Object.fromEntries(
      features
        .filter(({ kind }) => kind !== 'dense')
        .map((feature) => [tableName(feature, options), tableSpec(feature, options)]),
    ),
    apply(tensors, tables) {
      const parts = features.map((feature) => {
        const x = tensors[feature.name]!;
        if (feature.kind === 'dense') return x;
        const table = tables[tableName(feature, options)]!;
        return feature.kind === 'categorical' ? embed(table, x) : embedMean(table, x);
      });
      return parts.length === 0 ? undefined : concat(parts, -1);
    },
  };
}

/** Shape and type of an encoded feature behind its leading dimensions. */
export function inputSpec({ kind, width }: EncodedFeature, axes: readonly Dim[]): TensorSpec {
  if (kind === 'dense') return spec([...axes, width]);
  return spec(kind === 'categorical' ? axes : [...axes, width], 'int32');
}

function tableName({ name }: EncodedFeature, { prefix }: FeatureEmbeddingOptions): string {
  return `${prefix}.${name}`;
}

function tableSpec(
  { vocabulary, size }: EncodedFeature,
  { dim, wholeTableLimit }: FeatureEmbeddingOptions,
): TableSpec {
  const feed = size > wholeTableLimit ? 'rows' : 'whole';
  return { vocabulary, rows: size, dim, init: { kind: 'normal', stddev: 0.1 }, feed };
}
