import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type { ReadReport } from '@limaml/plugin';
import { columnMissing } from '../errors.js';
import { createMalformedCounter } from '../malformed.js';
import type { MalformedLimits } from '../malformed.js';
import type { ColumnReader, SqlValue } from './column-reader.js';
import { streamChunks } from './duck.js';
import { assertGzipWhole } from './gzip.js';
import { asUnreadable, assertColumns } from './source.js';
import type { TableSource } from './source.js';

/** How a file is read. */
export interface ReadOptions extends MalformedLimits {
  /** Checks a row as a whole, after its values; says what is wrong with it, or undefined. */
  readonly checkRow?: (values: readonly SqlValue[]) => string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Bad rows by reason: how many, and the numbers of the first few. */
type BadRows = Map<string, { count: number; rows: number[] }>;

const PLACES = 5;

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
  assertColumns(source, new Set(readers.map(({ column }) => column)));
  const bad: BadRows = new Map();
  const present = readers.map(() => false);
  let [row, blank] = [0, 0];
  try {
    if (source.file.endsWith('.gz')) await assertGzipWhole(source.file, options.signal);
    const selected = [source.unreadable, ...readers.map(({ sql }) => sql)].join(', ');
    for await (const chunk of streamChunks(
      connection,
      `SELECT ${selected} FROM ${source.relation}`,
    )) {
      options.signal?.throwIfAborted();
      blank += readChunk(chunk, readers, { bad, present, firstRow: row + 1, ...options });
      row += chunk.rowCount;
    }
  } catch (cause) {
    throw asUnreadable(source.file, cause);
  }
  if (row > blank) await assertPresent(source, readers, present);
  return report(source, bad, row - blank, options);
}

interface ChunkContext extends ReadOptions {
  readonly bad: BadRows;
  /** Per reader, whether any row had a value. */
  readonly present: boolean[];
  readonly firstRow: number;
}

/** @returns how many rows were blank lines */
function readChunk(
  chunk: DuckDBDataChunk,
  readers: readonly ColumnReader[],
  context: ChunkContext,
): number {
  const unreadable = chunk.getColumnValues(0) as (boolean | null)[];
  const columns = readers.map((_, at) => chunk.getColumnValues(at + 1) as SqlValue[]);
  columns.forEach((values, at) => {
    context.present[at] ||= values.some((value) => value !== null);
  });
  let blank = 0;
  for (let row = 0; row < chunk.rowCount; row++) {
    if (unreadable[row] === null) {
      blank++;
      continue;
    }
    const values = columns.map((column) => column[row]!);
    const reason = unreadable[row] ? 'not readable' : reasonAgainst(values, readers, context);
    if (reason === undefined)
      readers.forEach((reader, at) => {
        reader.keep(values[at]!);
      });
    else note(context.bad, reason, context.firstRow + row);
  }
  return blank;
}

function reasonAgainst(
  values: readonly SqlValue[],
  readers: readonly ColumnReader[],
  { checkRow }: ReadOptions,
): string | undefined {
  for (let at = 0; at < readers.length; at++) {
    const reason = readers[at]!.check(values[at]!);
    if (reason !== undefined) return reason;
  }
  return checkRow?.(values);
}

function note(bad: BadRows, reason: string, row: number): void {
  const entry = bad.get(reason) ?? { count: 0, rows: [] };
  entry.count++;
  if (entry.rows.length < PLACES) entry.rows.push(row);
  bad.set(reason, entry);
}

/**
 * JSON lines do not state their columns: one that no line has is missing. A column without any value of
 * the right type may still be there.
 */
async function assertPresent(
  source: TableSource,
  readers: readonly ColumnReader[],
  present: readonly boolean[],
): Promise<void> {
  for (const [at, { column }] of readers.entries()) {
    if (present[at] || (await source.hasColumn(column))) continue;
    throw columnMissing({ file: source.file }, column, source.columns);
  }
}

async function report(
  source: TableSource,
  bad: BadRows,
  rows: number,
  options: ReadOptions,
): Promise<ReadReport> {
  const wanted = [...bad.values()].flatMap((entry) => entry.rows);
  const { places, rejected } = await source.locate(wanted).catch((cause: unknown) => {
    throw asUnreadable(source.file, cause);
  });
  const placeOf = new Map(wanted.map((row, at) => [row, places[at]!]));
  const counter = createMalformedCounter(source.file, options);
  for (const { reason, count, places: where } of rejected) counter.add(reason, where, count);
  for (const [reason, entry] of bad) {
    counter.add(
      reason,
      entry.rows.map((row) => placeOf.get(row)!),
      entry.count,
    );
  }
  return counter.report(rows + rejected.reduce((total, { count }) => total + count, 0));
}
