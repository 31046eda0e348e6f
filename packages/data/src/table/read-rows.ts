import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type { ReadReport } from '@limaml/plugin';
import { columnMissing } from '../errors.js';
import type { MalformedLimits } from '../malformed.js';
import { noteBadRow, reportRows } from './bad-rows.js';
import type { BadRows } from './bad-rows.js';
import { BLANK, checkedRows, firstOfEachKey, valueName } from './checked-rows.js';
import type { CheckedRows } from './checked-rows.js';
import type { ColumnReader, SqlValue } from './column-reader.js';
import { streamChunks } from './duck.js';
import { assertGzipWhole } from './gzip.js';
import { asUnreadable, assertColumns } from './source.js';
import type { TableSource } from './source.js';

/** How a file is read. */
export interface ReadOptions extends MalformedLimits {
  /** The reader of a key: of rows with the same key the first counts. */
  readonly key?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Streams a file through its column readers. Rows that a reader objects to are counted, not kept.
 *
 * @throws LIMAML_ERR_DATA_COLUMN_MISSING, LIMAML_ERR_DATA_UNREADABLE, LIMAML_ERR_DATA_MALFORMED
 */
export async function readRows(
  connection: DuckDBConnection,
  source: TableSource,
  readers: readonly ColumnReader[],
  options: ReadOptions,
): Promise<ReadReport> {
  const checked = await openRows(source, readers, options);
  const bad: BadRows = new Map();
  const values = readers.map((_, at) => valueName(at)).join(', ');
  let [row, blank] = [0, 0];
  try {
    const sql = `SELECT reason, ${values} FROM (${checked.sql})`;
    for await (const chunk of streamChunks(connection, sql)) {
      options.signal?.throwIfAborted();
      blank += readChunk(chunk, readers, { bad, firstRow: row + 1, reasons: checked.reasons });
      row += chunk.rowCount;
    }
  } catch (cause) {
    throw asUnreadable(source.file, cause);
  }
  if (row > blank) await assertPresent(source, readers);
  return reportRows(source, bad, row - blank, options);
}

/**
 * Checks what can be checked before the first row is read, and puts the readers' checks into SQL.
 *
 * @throws LIMAML_ERR_DATA_COLUMN_MISSING, LIMAML_ERR_DATA_UNREADABLE
 */
export async function openRows(
  source: TableSource,
  readers: readonly ColumnReader[],
  { key, signal }: ReadOptions,
): Promise<CheckedRows> {
  assertColumns(source, new Set(readers.map(({ column }) => column)));
  try {
    for (const file of source.files) {
      if (file.endsWith('.gz')) await assertGzipWhole(file, signal);
    }
  } catch (cause) {
    throw asUnreadable(source.file, cause);
  }
  const checked = checkedRows(source, readers);
  return key === undefined ? checked : firstOfEachKey(checked, readers, key);
}

/**
 * JSON lines do not state their columns: one that no line has is missing.
 *
 * @throws LIMAML_ERR_DATA_COLUMN_MISSING
 */
export async function assertPresent(
  source: TableSource,
  readers: readonly ColumnReader[],
): Promise<void> {
  if (source.columns !== undefined) return;
  for (const { column } of readers) {
    if (!(await source.hasColumn(column)))
      throw columnMissing({ file: source.file }, column, undefined);
  }
}

/** Has a reader keep some values of a chunk. */
export function keepValues(
  reader: ColumnReader,
  chunk: DuckDBDataChunk,
  column: number,
  rows: Iterable<number>,
): void {
  const vector = chunk.getColumnVector(column);
  for (const row of rows) reader.keep(vector.getItem(row) as SqlValue);
}

interface ChunkContext {
  readonly bad: BadRows;
  readonly firstRow: number;
  readonly reasons: readonly string[];
}

/** @returns how many rows were blank lines */
function readChunk(
  chunk: DuckDBDataChunk,
  readers: readonly ColumnReader[],
  { bad, firstRow, reasons }: ChunkContext,
): number {
  const [found, rows] = [chunk.getColumnVector(0), chunk.rowCount];
  const good: number[] = [];
  let blank = 0;
  for (let row = 0; row < rows; row++) {
    const reason = found.getItem(row) as number | null;
    if (reason === null) good.push(row);
    else if (reason === BLANK) blank++;
    else noteBadRow(bad, reasons[reason]!, firstRow + row);
  }
  readers.forEach((reader, at) => {
    keepValues(reader, chunk, at + 1, good);
  });
  return blank;
}
