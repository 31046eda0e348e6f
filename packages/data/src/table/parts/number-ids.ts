import type { DuckDBConnection } from '@duckdb/node-api';
import { valueName } from '../checked-rows.js';
import { queryRows } from '../duck.js';
import type { Reading } from '../log-readers.js';
import type { SideTable } from '../side-table.js';

/**
 * Writes tables of the ids and numbers of entity types, with the ids that only the log knows behind those
 * of the side table, in the order in which they appear.
 *
 * @returns by position of the type in the spec, the name of its table
 */
export async function numberIds(
  { connection, spec }: Reading,
  sides: Readonly<Record<string, SideTable>>,
): Promise<ReadonlyMap<number, string>> {
  const tables = new Map<number, string>();
  for (const [at, type] of Object.keys(spec.entities).entries()) {
    const ids = sides[type]?.ids;
    if (ids === undefined) continue;
    const table = `ids_${at}`;
    await connection.run(`CREATE TABLE ${table} (id VARCHAR, number INTEGER)`);
    await appendIds(connection, table, ids.categories, 0);
    const known = ids.categories.length;
    for (const id of await unknownIds(connection, table, valueName(at))) ids.code(id);
    await appendIds(connection, table, ids.categories, known);
    tables.set(at, table);
  }
  return tables;
}

async function appendIds(
  connection: DuckDBConnection,
  table: string,
  ids: readonly string[],
  from: number,
): Promise<void> {
  const appender = await connection.createAppender(table);
  for (let at = from; at < ids.length; at++) {
    appender.appendVarchar(ids[at]!);
    appender.appendInteger(at);
    appender.endRow();
  }
  appender.closeSync();
}

async function unknownIds(
  connection: DuckDBConnection,
  table: string,
  value: string,
): Promise<readonly string[]> {
  const rows = await queryRows(
    connection,
    `SELECT ${value} AS id FROM log WHERE reason IS NULL AND ${value} <> '' ` +
      `AND ${value} NOT IN (SELECT id FROM ${table}) GROUP BY ALL ORDER BY min(position)`,
  );
  return rows.map(({ id }) => String(id));
}
