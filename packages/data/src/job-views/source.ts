import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column, ReadReport } from '@limaml/plugin';
import type { ReadOptions } from '../table/read-rows.js';
import { readRows } from '../table/read-rows.js';
import { featureReader, idReader, timestampReader } from '../table/column-reader.js';
import type { IdReader } from '../table/column-reader.js';
import { openSource } from '../table/source.js';
import type { TableSource } from '../table/source.js';
import { createDictionary } from '../columns.js';

/** Where files are read from, and what is put up with. */
export interface Reading {
  readonly connection: DuckDBConnection;
  readonly folder: string;
  readonly limits: ReadOptions;
}

/** The columns of a file. */
export interface ViewFile {
  /** Rows of `members`. */
  readonly member: Int32Array;
  readonly members: readonly string[];
  /** Milliseconds since 1970. */
  readonly timestamp: Float64Array;
  /** Columns of categories or numbers, by name in the file. */
  readonly columns: Readonly<Record<string, Column>>;
  readonly report: ReadReport;
}

/**
 * Reads a file of members and times.
 *
 * @param time column of the time
 * @param columns other columns, and whether they hold categories or numbers
 * @throws LIMAML_ERR_DATA_FILE_MISSING, LIMAML_ERR_DATA_COLUMN_MISSING, LIMAML_ERR_DATA_UNREADABLE,
 *   LIMAML_ERR_DATA_MALFORMED
 */
export async function readViewFile(
  { connection, folder, limits }: Reading,
  file: string,
  time: string,
  columns: Readonly<Record<string, 'categorical' | 'dense'>>,
): Promise<ViewFile> {
  const source = withoutNA(await openSource(connection, folder, { file }));
  const members = createDictionary();
  const member: IdReader = idReader(source, 'Applicant.ID', true, (id) => members.code(id));
  const timestamp = timestampReader(source, { column: time, unit: 'iso' });
  const readers = Object.entries(columns).map(([name, kind]) =>
    featureReader(source, { name, kind }, ''),
  );
  const report = await readRows(connection, source, [member, timestamp, ...readers], limits);
  return {
    member: member.take(),
    members: members.categories,
    timestamp: timestamp.take(),
    columns: Object.fromEntries(readers.map((reader) => [reader.column, reader.take()])),
    report,
  };
}

/** R writes missing values as NA. */
function withoutNA(source: TableSource): TableSource {
  const text = (column: string): string => `nullif(nullif(${source.text(column)}, 'NA'), '')`;
  return {
    ...source,
    text,
    dense: (column) =>
      `CASE WHEN ${text(column)} IS NOT NULL THEN coalesce(TRY_CAST(${text(column)} AS DOUBLE), 'NaN'::DOUBLE) END`,
  };
}

/** A column of categories as plain values; undefined where they are missing. */
export function categoriesOf(column: Column): (string | undefined)[] {
  if (column.kind !== 'category') return [];
  return Array.from(column.codes, (code) => column.categories[code]);
}

/** A column of numbers as it is. */
export function numbersOf(column: Column): Float64Array {
  return column.kind === 'number' ? column.values : new Float64Array();
}
