import type { MetaInput, ParamSpec, TableSpec, Tree } from '@limaml/core';
import type { Tensor, TensorSpec } from '@limaml/graph';
import type { EncodedFeature, FeatureSchema } from '@limaml/plugin';
import type { ModelOptions } from '../options.js';
import type { CandidateVector } from './candidate-vector.js';
import {
  type FeatureEmbeddingOptions,
  type FeatureEmbeddings,
  featureEmbeddings,
} from './feature-embeddings.js';

/** A meta block f_meta: from what is known of an entity to its meta embedding. */
export interface MetaBlock {
  readonly params: Tree<ParamSpec>;
  readonly tables: Readonly<Record<string, TableSpec>>;
  readonly inputs: {
    readonly entity: Readonly<Record<string, TensorSpec>>;
    readonly rows: Readonly<Record<string, TensorSpec>>;
    readonly outcomes: Readonly<Record<string, TensorSpec>>;
  };
  /** `[T, D]`. */
  apply(params: Tree<Tensor>, input: MetaInput): Tensor;
}

/** What meta blocks are made from. */
export interface BlockParts {
  readonly schema: FeatureSchema;
  readonly options: ModelOptions;
  /** Width D of the meta embedding. */
  readonly dim: number;
  readonly candidate: CandidateVector;
}

/** The features that go through the meta block; ids of entities are left to models that ask for them. */
function metaFeatures({ features, metaFeatures: names }: FeatureSchema): EncodedFeature[] {
  return features.filter(({ name, role }) => names.includes(name) && role !== 'entity-id');
}

/** The offset that every meta block adds last: what the inner loop moves most directly, `[D]`. */
export function offsetSpec(dim: number): ParamSpec {
  return { shape: [dim], init: { kind: 'zeros' } };
}

/** The entity's own features as one vector per task, `[T, P]`. */
export function profileOf(parts: BlockParts): FeatureEmbeddings {
  return featureEmbeddings(metaFeatures(parts.schema), ['T'], tableSettings(parts));
}

/** How meta blocks embed ids: in tables of their own. */
export function tableSettings({ options }: BlockParts): FeatureEmbeddingOptions {
  const { featureDim: dim, wholeTableLimit } = options;
  return { dim, wholeTableLimit, prefix: 'meta' };
}
