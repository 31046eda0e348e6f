import type { FeatureDeclaration } from './log.js';
import type { PluginBase } from './plugin.js';

/**
 * Entity plugins known to the type checker, by name. Open: an entity package adds its own by declaration
 * merging, and `registry.get('entity', 'course')` then has its type.
 *
 * @example
 * ```ts
 * declare module '@limaml/plugin' {
 *   interface EntityTypes {
 *     course: CourseEntity;
 *   }
 * }
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface EntityTypes {}

/** One interaction, as an entity adapter sees it. The object is reused between rows: do not keep it. */
export interface InteractionView {
  /** Id of the entity of type `type` that took part, or undefined. */
  entityId(type: string): string | undefined;
  /** Value of a category column of the entity of type `type` that took part, or undefined. */
  category(type: string, column: string): string | undefined;
  /** Value of a category column of the interaction or request itself, or undefined. */
  context(column: string): string | undefined;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

/** A part of a composite entity: an entity that takes part, or an attribute of one or of the request. */
export type EntityPart =
  | { readonly kind: 'entity'; readonly type: string }
  | { readonly kind: 'attribute'; readonly type: string; readonly column: string }
  | { readonly kind: 'context'; readonly column: string };

/**
 * Says what a task is for one entity type: which interactions belong to it, which features are its own
 * (and go through the meta block), how much of its past the support set holds, and what it is before
 * it has a past. Run `testEntityPlugin` of `@limaml/plugin/testing` on an implementation.
 */
export interface EntityPlugin extends PluginBase<'entity'> {
  /** Also the entity type, as datasets and tasks name it. */
  readonly name: string;
  /** The task an interaction belongs to, or undefined when it belongs to none. Must depend on the interaction alone. */
  taskId(interaction: InteractionView): string | undefined;
  /** What a task is a combination of, where it is one: see `compositeEntity`. Default: an entity by itself. */
  readonly of?: readonly EntityPart[];
  /** The entity's features; `'dataset'` takes what the dataset describes for this entity type. */
  readonly features: readonly FeatureDeclaration[] | 'dataset';
  /** Names of the features that go through the meta block; `'all'` takes every one. */
  readonly metaFeatures: readonly string[] | 'all';
  readonly support: {
    /** Newest interactions kept, at most. */
    readonly maxSize: number;
    /** Age limit in milliseconds, counted from the cut. Default: none. */
    readonly window?: number;
  };
  /** An entity without support gets the prior embedding; an unknown entity the prior on these values. */
  readonly coldStart: {
    readonly defaults: Readonly<Record<string, number | string | readonly string[]>>;
  };
}

declare module './plugin.js' {
  interface PluginKinds {
    entity: EntityPlugin;
  }
}
