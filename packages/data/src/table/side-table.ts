import type { EntityTable, ReadReport, Table } from '@limaml/plugin';
import { createDictionary, extendColumn } from '../columns.js';
import type { Dictionary } from '../columns.js';
import { idReader } from './column-reader.js';
import { featureReaders, limitsOf, mapRecord, takeColumns } from './log-readers.js';
import type { Reading } from './log-readers.js';
import { readRows } from './read-rows.js';
import { openSource } from './source.js';
import type { TableEntity } from './spec.js';

/** The rows of a side table. Reading the interactions adds ids that it does not know. */
export interface SideTable {
  readonly ids: Dictionary;
  readonly table: Table;
  readonly features: EntityTable['features'];
  readonly malformed: ReadReport['malformed'];
}

/** Reads the side table of an entity type whole; an empty one where there is none. */
export async function readSideTable(reading: Reading, entity: TableEntity): Promise<SideTable> {
  const ids = createDictionary();
  const { table: file, features = [] } = entity;
  if (!file) return { ids, table: { rows: 0, columns: {} }, features, malformed: [] };
  const source = await openSource(reading.connection, reading.folder, file);
  const key = idReader(source, file.key, true, (id) => ids.code(id));
  const readers = featureReaders(source, features, reading.spec);
  const report = await readRows(reading.connection, source, [key, ...readers.values()], {
    ...limitsOf(reading),
    key: 0,
  });
  const table = { rows: ids.categories.length, columns: takeColumns(readers) };
  return { ids, table, features, malformed: report.malformed };
}

/** The side table with rows for the ids that only the interactions know. */
export function completeTable({ ids, table, features }: SideTable): EntityTable {
  const rows = ids.categories.length;
  return {
    ids: ids.categories,
    table: { rows, columns: mapRecord(table.columns, (column) => extendColumn(column, rows)) },
    features,
  };
}
