import type { Model } from '@limaml/core';
import type { PluginBase } from './plugin.js';

/** Who an encoded feature belongs to: the entity `[T, …]`, a row `[T, B, …]`, or a past row's outcome `[T, S, …]`. */
export const FEATURE_OWNERS = ['entity', 'row', 'outcome'] as const;

/** What an encoded feature is made of: numbers, one id, a set of ids, a list of ids with the newest last. */
export const FEATURE_KINDS = ['dense', 'categorical', 'multi', 'sequence'] as const;

/**
 * What models look for in a schema: ids; the candidate's rate as a logit; loadings V and mean μ of a
 * factor model `x = μ + ⟨V, w⟩` of the candidate's outcomes.
 */
export const FEATURE_ROLES = [
  'entity-id',
  'candidate-id',
  'candidate-rate',
  'candidate-factors',
  'candidate-factor-mean',
] as const;

/** An encoded feature: what a model may read. Ids: 0 padding, 1 unseen, from 2 known values. */
export interface EncodedFeature {
  /** Unique name: `entity.age`, `row.genres`, `outcome.rating`, `row.like_rate`. */
  readonly name: string;
  readonly owner: (typeof FEATURE_OWNERS)[number];
  readonly kind: (typeof FEATURE_KINDS)[number];
  /** Trailing size: 0 for categorical (`[T, B]`), numbers per row for dense, list length for multi and sequence. */
  readonly width: number;
  /** Ids including the two reserved ones; 0 for dense. */
  readonly size: number;
  /** Features with the same vocabulary share ids, and may share tables. Equal to `name` unless stated; `''` for dense. */
  readonly vocabulary: string;
  /** What it is to a model, where it is something special; at most one feature of a schema per role. */
  readonly role?: (typeof FEATURE_ROLES)[number];
}

/** Everything a model is told about its inputs. */
export interface FeatureSchema {
  /** Entity type whose members are the tasks. */
  readonly entity: string;
  /** Names of `features` that go through the meta block (entity features only). */
  readonly metaFeatures: readonly string[];
  readonly features: readonly EncodedFeature[];
  /** Mean label of the training rows, where labels are numbers and not clicks. */
  readonly labelMean?: number;
}

/** Everything a model of several entity types is told about its inputs. */
export interface JointSchema {
  /** The type whose tasks are evaluated and whose encoders made the row features. */
  readonly primary: string;
  /** By entity type, the primary one included. All but the entity features is the same in each. */
  readonly schemas: Readonly<Record<string, FeatureSchema>>;
  /** Types that adapt. The others, the primary one perhaps, keep their prior embeddings. */
  readonly adapting: readonly string[];
}

/**
 * A model with a meta embedding for each entity type. A *view* is the model as one type sees it: its own
 * embedding adapts, those of the others come in as features of the row, `row.embedding.<type>` `[T, B, D]`,
 * without gradient. Parameters of a type's meta block are called `meta/<type>/…`; the others, and the
 * tables that they read, have the same names in all views and are shared.
 */
export interface JointModel {
  readonly name: string;
  readonly primary: string;
  readonly views: Readonly<Record<string, Model>>;
}

/** Makes models for a schema. Run `testModelPlugin` of `@limaml/plugin/testing` on an implementation. */
export interface ModelPlugin extends PluginBase<'model'> {
  /**
   * Makes a model.
   *
   * @param options of the model, by name. Default: its own defaults
   * @throws a coded error when the options are wrong or the schema lacks what the model needs
   */
  create(schema: FeatureSchema, options?: Readonly<Record<string, unknown>>): Model;
  /**
   * Makes a model of several entity types. Optional: without it the plugin has models of one type only.
   *
   * @param options of the model, by name. Default: its own defaults
   * @throws what `create` throws
   */
  createJoint?(joint: JointSchema, options?: Readonly<Record<string, unknown>>): JointModel;
}

declare module './plugin.js' {
  interface PluginKinds {
    model: ModelPlugin;
  }
}
