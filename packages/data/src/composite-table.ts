import { attributeFeature } from '@limaml/plugin';
import type { Column, EntityPart, EntityPlugin, EntityTable, InteractionLog } from '@limaml/plugin';
import { categoryColumn, gatherColumn } from './columns.js';
import { createInteractionView } from './interaction-view.js';

/**
 * Adds the side table of a composite entity to a log: a row for each combination that occurs, with the
 * columns and features of its entities and one column `<type>.<column>` for each attribute. The columns of
 * the first entity keep their names, those of further ones get `<type>.` before them. A log for any other
 * entity is given back as it is.
 *
 * @example
 * ```ts
 * const pairs = compositeEntity({ name: 'member-industry', of: [memberEntity(), attribute('job', 'industry')] });
 * const tasks = buildTasks(withCompositeTable(log, pairs), pairs);
 * ```
 */
export function withCompositeTable(log: InteractionLog, entity: EntityPlugin): InteractionLog {
  if (entity.of === undefined) return log;
  const table = compositeTable(log, entity, entity.of);
  return { ...log, entities: { ...log.entities, [entity.name]: table } };
}

function compositeTable(
  log: InteractionLog,
  entity: EntityPlugin,
  parts: readonly EntityPart[],
): EntityTable {
  const firstRows = firstRowOfEach(log, entity);
  const rows = [...firstRows.values()];
  const described = parts.map((part, at) => describePart(log, part, rows, at === 0));
  return {
    ids: [...firstRows.keys()],
    table: {
      rows: rows.length,
      columns: Object.assign({}, ...described.map(({ columns }) => columns)) as Columns,
    },
    features: described.flatMap(({ features }) => features),
  };
}

/** The first interaction of each combination: all of its interactions have the same parts. */
function firstRowOfEach(log: InteractionLog, entity: EntityPlugin): Map<string, number> {
  const rows = new Map<string, number>();
  const view = createInteractionView(log);
  for (; view.row < log.rows; view.row++) {
    const id = entity.taskId(view);
    if (id !== undefined && !rows.has(id)) rows.set(id, view.row);
  }
  return rows;
}

type Columns = Readonly<Record<string, Column>>;
type Described = { readonly columns: Columns } & Pick<EntityTable, 'features'>;

function describePart(
  log: InteractionLog,
  part: EntityPart,
  rows: readonly number[],
  first: boolean,
): Described {
  if (part.kind === 'entity') return describeEntity(log, part.type, rows, first);
  const feature = attributeFeature(part);
  const view = createInteractionView(log);
  const values = rows.map((row) => {
    view.row = row;
    return part.kind === 'context'
      ? view.context(part.column)
      : view.category(part.type, part.column);
  });
  return { columns: { [feature.name]: categoryColumn(values) }, features: [feature] };
}

function describeEntity(
  { entities, refs }: InteractionLog,
  type: string,
  rows: readonly number[],
  first: boolean,
): Described {
  const entity = entities[type];
  const own = refs[type];
  if (!entity || !own) return { columns: {}, features: [] };
  const prefix = first ? '' : `${type}.`;
  const chosen = Int32Array.from(rows, (row) => own[row]!);
  const columns = Object.entries(entity.table.columns).map(([name, column]) => [
    prefix + name,
    gatherColumn(column, chosen),
  ]);
  const features = entity.features.map((feature) => ({
    ...feature,
    name: prefix + feature.name,
    column: prefix + (feature.column ?? feature.name),
  }));
  return { columns: Object.fromEntries(columns) as Columns, features };
}
