import type { EntityPlugin, EntityTable } from '@limaml/plugin';
import { entityMismatch } from '../errors.js';

/** An entity plugin and what a dataset has for its entities. */
interface EntityAndDataset {
  readonly entity: EntityPlugin;
  readonly dataset: string;
  /** The entity's features: its own, or those that the dataset describes. */
  readonly features: EntityTable['features'];
  readonly table: EntityTable['table'];
}

/**
 * Checks that a dataset has what an entity plugin declares: a column for each feature, and a feature for each
 * meta feature and each cold-start default.
 *
 * @throws LIMAML_ERR_DATA_ENTITY_MISMATCH that names both, what is declared, and what there is
 */
export function assertEntityFits({ entity, dataset, features, table }: EntityAndDataset): void {
  const named = { entity: entity.name, dataset };
  const columns = Object.keys(table.columns);
  for (const { name, column = name } of features) {
    if (columns.includes(column)) continue;
    const declared = `feature "${name}" reads the column "${column}"`;
    throw entityMismatch({ ...named, declared, missing: column, known: columns });
  }
  // Every entity has its id as a feature.
  const known = ['id', ...features.map(({ name }) => name)];
  for (const [member, names] of declaredNames(entity)) {
    const missing = names.find((name) => !known.includes(name));
    if (missing === undefined) continue;
    const declared = `${member} name the feature "${missing}"`;
    throw entityMismatch({ ...named, declared, missing, known });
  }
}

function declaredNames({ metaFeatures, coldStart }: EntityPlugin) {
  return [
    ['metaFeatures', metaFeatures === 'all' ? [] : metaFeatures],
    ['coldStart.defaults', Object.keys(coldStart.defaults)],
  ] as const;
}
