import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { isLimamlError } from '@limaml/errors';
import { columnMissing, emptyFile, fileMissing, fileUnreadable, formatUnknown } from '../errors.js';
import { isAbort } from '../is-abort.js';
import { csvHeader, csvRecords } from './csv-records.js';
import { queryRows, sqlName, sqlPath, sqlString } from './duck.js';
import type { TableFile } from './spec.js';

/** A file that DuckDB can select from, whatever its format. */
export interface TableSource {
  readonly file: string;
  /** What stands behind FROM. */
  readonly relation: string;
  /** SQL of a column as text. */
  text(column: string): string;
  /** SQL of a column as a number; NULL where it is none. */
  number(column: string): string;
  /** The same, where true and false are numbers too. */
  truth(column: string): string;
  /** The same as `number`, but only missing values are NULL: text that is no number is NaN. */
  dense(column: string): string;
  /** SQL of the position of a row in the file. */
  readonly position: string;
  /** SQL of a column as a list of text. */
  list(column: string, separator: string): string;
  /** SQL that is true for rows that cannot be read at all, and null for blank lines. */
  readonly unreadable: string;
  /** Whether reading a few columns again costs little. */
  readonly columnar: boolean;
  /** Column names, where the format states them. */
  readonly columns: readonly string[] | undefined;
  /** Whether there is such a column, at least in one row. */
  hasColumn(column: string): Promise<boolean>;
  /** Counts what DuckDB left out and finds the places of the rows named (1-based, in reading order). */
  locate(rows: readonly number[]): Promise<Located>;
}

/** Where rows are. */
interface Located {
  /** Place of each row asked for, e.g. `clicks.csv:17`. */
  readonly places: readonly string[];
  /** Rows that DuckDB left out, by reason. */
  readonly rejected: readonly { reason: string; count: number; places: readonly string[] }[];
}

/**
 * Opens a file of a spec.
 *
 * @throws LIMAML_ERR_DATA_FILE_MISSING, LIMAML_ERR_DATA_FORMAT, LIMAML_ERR_DATA_UNREADABLE,
 *   LIMAML_ERR_DATA_EMPTY
 */
export async function openSource(
  connection: DuckDBConnection,
  folder: string,
  spec: TableFile,
): Promise<TableSource> {
  const file = path.resolve(folder, spec.file);
  const info = await stat(file).catch((cause: unknown) => {
    throw fileMissing(file, cause);
  });
  if (!info.isFile()) throw fileMissing(file);
  const format = spec.format ?? formatOf(file);
  try {
    if (format === 'parquet') return await openParquet(connection, file);
    if (format === 'jsonl') return openJsonLines(connection, file);
    return await openCsv(connection, file, spec.delimiter ?? defaultDelimiter(file));
  } catch (cause) {
    throw asUnreadable(file, cause);
  }
}

/** Checks that columns exist, as far as the format can tell. @throws LIMAML_ERR_DATA_COLUMN_MISSING */
export function assertColumns(source: TableSource, wanted: Iterable<string>): void {
  if (source.columns === undefined) return;
  for (const column of wanted) {
    if (!source.columns.includes(column))
      throw columnMissing({ file: source.file }, column, source.columns);
  }
}

/** Passes our own errors on and names the file for DuckDB's. */
export function asUnreadable(file: string, cause: unknown): unknown {
  return isLimamlError(cause) || isAbort(cause) ? cause : fileUnreadable(file, cause);
}

function formatOf(file: string): 'csv' | 'jsonl' | 'parquet' {
  const ending = path.extname(file.replace(/\.gz$/, '')).toLowerCase();
  if (ending === '.csv' || ending === '.tsv') return 'csv';
  if (ending === '.jsonl' || ending === '.ndjson') return 'jsonl';
  if (ending === '.parquet') return 'parquet';
  throw formatUnknown(file);
}

function defaultDelimiter(file: string): string {
  return /\.tsv(\.gz)?$/i.test(file) ? '\t' : ',';
}

async function openCsv(
  connection: DuckDBConnection,
  file: string,
  delimiter: string,
): Promise<TableSource> {
  const columns = await csvHeader(file, delimiter);
  if (columns === undefined) throw emptyFile(file);
  const types = columns.map((column) => `${sqlString(column)}: 'VARCHAR'`).join(', ');
  const options = `header = true, auto_detect = false, delim = ${sqlString(delimiter)}, quote = '"', escape = '"', columns = {${types}}, store_rejects = true`;
  return {
    file,
    relation: `read_csv(${sqlPath(file)}, ${options})`,
    text: sqlName,
    ...numbersOfText(sqlName),
    position: COUNTED,
    list: (column, separator) => splitList(sqlName(column), separator),
    unreadable: 'false',
    columnar: false,
    columns,
    hasColumn: (column) => Promise.resolve(columns.includes(column)),
    locate: (rows) => locateCsv(connection, file, rows),
  };
}

/**
 * JSON lines are read as lines of text, so that a malformed one is a row like any other. `\x01` cannot
 * stand in JSON unescaped.
 */
function openJsonLines(connection: DuckDBConnection, file: string): TableSource {
  const relation = `read_csv(${sqlPath(file)}, header = false, auto_detect = false, delim = '\x01', quote = '', escape = '', columns = {'line': 'VARCHAR'}, store_rejects = true)`;
  const value = (column: string): string => `json_extract_string(line, ${jsonPointer(column)})`;
  const text = (column: string): string => `CASE WHEN json_valid(line) THEN ${value(column)} END`;
  return {
    file,
    relation,
    text,
    ...numbersOfText(text),
    position: COUNTED,
    list: (column, separator) =>
      `CASE WHEN NOT json_valid(line) THEN NULL WHEN json_type(line, ${jsonPointer(column)}) = 'ARRAY' ` +
      `THEN json_extract_string(line, ${jsonPointer(column, '/*')}) ` +
      `ELSE ${splitList(value(column), separator)} END`,
    unreadable: 'NOT json_valid(line)',
    columnar: false,
    columns: undefined,
    hasColumn: async (column) => {
      const has = `CASE WHEN json_valid(line) THEN json_exists(line, ${jsonPointer(column)}) END`;
      const found = await queryRows(connection, `SELECT 1 FROM ${relation} WHERE ${has} LIMIT 1`);
      return found.length > 0;
    },
    locate: (rows) => locateBy(rows, (row) => `${path.basename(file)}:${row}`),
  };
}

async function openParquet(connection: DuckDBConnection, file: string): Promise<TableSource> {
  const relation = `read_parquet(${sqlPath(file)})`;
  const described = await queryRows(connection, `DESCRIBE SELECT * FROM ${relation}`);
  const types = new Map(described.map((row) => [String(row.column_name), String(row.column_type)]));
  const text = (column: string): string => `CAST(${sqlName(column)} AS VARCHAR)`;
  return {
    file,
    ...numberedRows(file, types),
    text,
    ...numbersOfTyped(types, text),
    list: (column, separator) =>
      types.get(column)?.endsWith('[]')
        ? `CAST(${sqlName(column)} AS VARCHAR[])`
        : splitList(`CAST(${sqlName(column)} AS VARCHAR)`, separator),
    unreadable: 'false',
    columnar: true,
    columns: [...types.keys()],
    hasColumn: (column) => Promise.resolve(types.has(column)),
    locate: (rows) => locateBy(rows, (row) => `${path.basename(file)}, row ${row}`),
  };
}

/** Position of a row by counting; it keeps DuckDB from reading in parallel. */
const COUNTED = 'row_number() OVER ()';
/** A Parquet file knows the positions of its rows, unless it has a column of this name. */
const POSITION = 'file_row_number';

function numberedRows(
  file: string,
  types: ReadonlyMap<string, string>,
): Pick<TableSource, 'relation' | 'position'> {
  if (types.has(POSITION)) return { relation: `read_parquet(${sqlPath(file)})`, position: COUNTED };
  const relation = `read_parquet(${sqlPath(file)}, ${POSITION} = true)`;
  return { relation, position: `${POSITION} + 1` };
}

type Numbers = Pick<TableSource, 'number' | 'truth' | 'dense'>;

function numbersOfText(text: (column: string) => string): Numbers {
  const number = (column: string): string => `TRY_CAST(${text(column)} AS DOUBLE)`;
  return {
    number,
    truth: (column) =>
      `CASE lower(${text(column)}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE ${number(column)} END`,
    dense: (column) =>
      `CASE WHEN trim(${text(column)}) <> '' THEN coalesce(TRY_CAST(trim(${text(column)}) AS DOUBLE), 'NaN'::DOUBLE) END`,
  };
}

/** Types whose numbers are those of their text. A FLOAT is not: 0.1 has another neighbour among doubles. */
const NUMBERS = /^(U?(TINY|SMALL|BIG)INT|U?INTEGER|DOUBLE)$/;

/** Typed numbers are taken as they are: to write and parse them would take most of the time. */
function numbersOfTyped(
  types: ReadonlyMap<string, string>,
  text: (column: string) => string,
): Numbers {
  const parsed = numbersOfText(text);
  const of =
    (parse: (column: string) => string) =>
    (column: string): string =>
      NUMBERS.test(types.get(column) ?? '') ? `CAST(${sqlName(column)} AS DOUBLE)` : parse(column);
  return { number: of(parsed.number), truth: of(parsed.truth), dense: of(parsed.dense) };
}

function splitList(text: string, separator: string): string {
  return `string_split(nullif(${text}, ''), ${sqlString(separator)})`;
}

/** A member of an object as a JSON path, whatever characters its name has. */
function jsonPointer(column: string, rest = ''): string {
  const path = `$."${column.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return sqlString(path + rest.replace('/*', '[*]'));
}

function locateBy(rows: readonly number[], placeOf: (row: number) => string): Promise<Located> {
  return Promise.resolve({ places: rows.map(placeOf), rejected: [] });
}

/**
 * DuckDB numbers the records that it rejects (header and blank lines included) and says nothing about
 * where the others are, so the file is walked once more, as far as the last place asked for.
 */
async function locateCsv(
  connection: DuckDBConnection,
  file: string,
  rows: readonly number[],
): Promise<Located> {
  const rejects = await queryRows(
    connection,
    'SELECT DISTINCT ON (line) line, error_type FROM reject_errors ORDER BY line',
  );
  const rejected = new Map(rejects.map((row) => [Number(row.line), String(row.error_type)]));
  const wanted = new Set(rows);
  const [placeOfRow, placeOfRecord] = [new Map<number, string>(), new Map<number, string>()];
  let [record, row] = [0, 0];
  if (wanted.size > 0 || rejected.size > 0) {
    for await (const { line, blank } of csvRecords(file)) {
      record++;
      const place = `${path.basename(file)}:${line}`;
      if (rejected.has(record)) placeOfRecord.set(record, place);
      else if (record > 1 && !blank && wanted.has(++row)) placeOfRow.set(row, place);
    }
  }
  return {
    places: rows.map((at) => placeOfRow.get(at) ?? `${path.basename(file)}, row ${at}`),
    rejected: groupByReason(rejected, placeOfRecord),
  };
}

function groupByReason(
  rejected: ReadonlyMap<number, string>,
  placeOf: ReadonlyMap<number, string>,
): Located['rejected'] {
  const groups = new Map<string, { reason: string; count: number; places: string[] }>();
  for (const [record, type] of rejected) {
    const reason = type.toLowerCase();
    const group = groups.get(reason) ?? { reason, count: 0, places: [] };
    group.count++;
    group.places.push(placeOf.get(record) ?? `record ${record}`);
    groups.set(reason, group);
  }
  return [...groups.values()];
}
