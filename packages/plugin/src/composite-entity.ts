import type {
  EntityPart,
  EntityPlugin,
  FeatureDeclaration,
  InteractionView,
} from './contracts/index.js';
import { defineEntity } from './define.js';

/** Options of {@link compositeEntity}. */
export interface CompositeEntityOptions {
  /** Unique name of the entity type, e.g. `'member-industry'`. */
  readonly name: string;
  /**
   * What a task is a combination of: at least two. The first is an entity; its support sizes, features and
   * cold-start defaults are those of the composite, to which attributes add a feature each.
   */
  readonly of: readonly [EntityPlugin, ...CompositePart[]];
  /** Newest interactions in a support set, at most. Default: that of the first part. */
  readonly supportSize?: number;
}

/** A part of a composite: an entity by its plugin, or an {@link attribute}. */
export type CompositePart = EntityPlugin | Exclude<EntityPart, { readonly kind: 'entity' }>;

/** An attribute of an entity that takes part: one value of a category column of its table. */
export function attribute(type: string, column: string): CompositePart {
  return { kind: 'attribute', type, column };
}

/** An attribute of the interaction or request itself, such as the type of a notification. */
export function contextAttribute(column: string): CompositePart {
  return { kind: 'context', column };
}

/**
 * Makes each combination of an entity with attributes (or further entities) a task: a member × the industry
 * of the job, a member × the type of a notification. An interaction without one of the parts belongs to no
 * task.
 *
 * The id of a task joins the ids of its parts with `|`, escaped so that no two combinations share one.
 * `withCompositeTable` of `@limaml/data` derives the side table: the features of the first part, and the
 * attributes as `entity.<type>.<column>`.
 *
 * @example
 * ```ts
 * const pairs = compositeEntity({ name: 'member-industry', of: [memberEntity(), attribute('job', 'industry')] });
 * pairs.taskId(interaction); // 'm17|Retail'
 * ```
 *
 * @see Wang et al. 2024 (LiMAML), future work: tasks of a member and a type of notification
 */
export function compositeEntity(options: CompositeEntityOptions): EntityPlugin {
  const { name, of, supportSize } = options;
  const [first, ...others] = of;
  const added = others.filter(isAttribute).map(attributeFeature);
  return defineEntity({
    name,
    taskId: (interaction) => joinIds(of.map((part) => idOfPart(part, interaction))),
    of: of.map(partOf),
    features: first.features === 'dataset' ? 'dataset' : [...first.features, ...added],
    metaFeatures: metaFeatures(first, added),
    support: { ...first.support, ...(supportSize !== undefined && { maxSize: supportSize }) },
    coldStart: first.coldStart,
  });
}

/** The feature that an attribute adds to a composite entity. */
export function attributeFeature(
  part: Exclude<EntityPart, { kind: 'entity' }>,
): FeatureDeclaration {
  const owner = part.kind === 'attribute' ? part.type : 'context';
  return { name: `${owner}.${part.column}`, kind: 'categorical' };
}

function metaFeatures(
  { metaFeatures: own }: EntityPlugin,
  added: readonly FeatureDeclaration[],
): EntityPlugin['metaFeatures'] {
  return own === 'all' ? 'all' : [...own, ...added.map(({ name }) => name)];
}

function isAttribute(part: CompositePart): part is Exclude<CompositePart, EntityPlugin> {
  return part.kind !== 'entity';
}

function partOf(part: CompositePart): EntityPart {
  return isAttribute(part) ? part : { kind: 'entity', type: part.name };
}

function idOfPart(part: CompositePart, interaction: InteractionView): string | undefined {
  if (!isAttribute(part)) return part.taskId(interaction);
  return part.kind === 'attribute'
    ? interaction.category(part.type, part.column)
    : interaction.context(part.column);
}

function joinIds(ids: readonly (string | undefined)[]): string | undefined {
  if (ids.includes(undefined)) return undefined;
  return ids.map((id) => id!.replaceAll(/[\\|]/g, String.raw`\$&`)).join('|');
}
