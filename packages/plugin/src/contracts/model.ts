import type { Model } from '@limaml/core';
import type { PluginBase } from './plugin.js';

/** An encoded feature: what a model may read. Ids: 0 padding, 1 unseen, from 2 known values. */
export interface EncodedFeature {
  /** Unique name: `entity.age`, `row.genres`, `outcome.rating`, `row.like_rate`. */
  readonly name: string;
  /** Who it belongs to: the entity `[T, …]`, a row `[T, B, …]`, or a past row's outcome `[T, S, …]`. */
  readonly owner: 'entity' | 'row' | 'outcome';
  readonly kind: 'dense' | 'categorical' | 'multi' | 'sequence';
  /** Trailing size: 0 for categorical (`[T, B]`), numbers per row for dense, list length for multi and sequence. */
  readonly width: number;
  /** Ids including the two reserved ones; 0 for dense. */
  readonly size: number;
  /** Features with the same vocabulary share ids, and may share tables. Equal to `name` unless stated; `''` for dense. */
  readonly vocabulary: string;
  /** The entity's own id or the candidate's id. */
  readonly role?: 'entity-id' | 'candidate-id' | 'candidate-rate';
}

/** Everything a model is told about its inputs. */
export interface FeatureSchema {
  /** Entity type whose members are the tasks. */
  readonly entity: string;
  /** Names of `features` that go through the meta block (entity features only). */
  readonly metaFeatures: readonly string[];
  readonly features: readonly EncodedFeature[];
}

/** Makes models for a schema. */
export interface ModelPlugin extends PluginBase<'model'> {
  /** @throws a coded error when the options are wrong or the schema lacks what the model needs */
  create(schema: FeatureSchema, options?: Readonly<Record<string, unknown>>): Model;
}
