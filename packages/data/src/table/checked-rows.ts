import type { ColumnReader } from './column-reader.js';
import { sqlName } from './duck.js';
import type { TableSource } from './source.js';

/** `reason` of a blank line, which is no row. */
export const BLANK = -1;

/** The rows of a file in SQL, checked. */
export interface CheckedRows {
  /**
   * Selects `position` (1-based), `reason` (NULL for a good row, {@link BLANK}, or a number of `reasons`) and
   * the values of the readers, see {@link valueName}.
   */
  readonly sql: string;
  readonly reasons: readonly string[];
}

/** Name of a reader's values in SQL. */
export function valueName(reader: number): string {
  return sqlName(`value ${reader}`);
}

/** Puts readers' checks into SQL: the first that objects to a row gives the reason. */
export function checkedRows(source: TableSource, readers: readonly ColumnReader[]): CheckedRows {
  const problems = readers.flatMap((reader, at) => reader.problems(valueName(at)));
  const cases = problems.map(({ when }, at) => `WHEN ${when} THEN ${at + 1}`).join(' ');
  const values = readers.map((_, at) => valueName(at)).join(', ');
  const selected = readers.map(({ sql }, at) => `${sql} AS ${valueName(at)}`).join(', ');
  return {
    sql:
      `SELECT position, CASE WHEN unreadable IS NULL THEN ${BLANK} WHEN unreadable THEN 0 ${cases} END AS reason, ${values} ` +
      `FROM (SELECT ${source.position} AS position, ${source.unreadable} AS unreadable, ${selected} FROM ${source.relation})`,
    reasons: ['not readable', ...problems.map(({ reason }) => reason)],
  };
}

/**
 * Checked rows of which the first of each key counts, in the order of the file.
 * @param key the reader of the key
 */
export function firstOfEachKey(
  { sql, reasons }: CheckedRows,
  readers: readonly ColumnReader[],
  key: number,
): CheckedRows {
  const rank = `row_number() OVER (PARTITION BY ${valueName(key)}, reason IS NULL ORDER BY position)`;
  const repeated = `CASE WHEN reason IS NULL AND ${rank} > 1 THEN ${reasons.length} ELSE reason END AS reason`;
  return {
    sql: `SELECT * REPLACE (${repeated}) FROM (${sql}) ORDER BY position`,
    reasons: [...reasons, `key "${readers[key]!.column}" repeated`],
  };
}
