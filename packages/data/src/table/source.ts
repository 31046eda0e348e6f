import type { DuckDBConnection } from '@duckdb/node-api';
import { isLimamlError } from '@limaml/errors';
import { columnMissing, emptyFile, fileUnreadable } from '../errors.js';
import { isAbort } from '../is-abort.js';
import { csvHeader } from './csv-records.js';
import { queryRows, sqlName, sqlPath, sqlString } from './duck.js';
import { locateByCounts, locateCsv, locateLines } from './locate.js';
import type { Located } from './locate.js';
import { sourceFiles } from './source-files.js';
import type { SourceFiles } from './source-files.js';
import type { TableFile } from './spec.js';

/** A file, or a folder of files, that DuckDB can select from, whatever its format. */
export interface TableSource {
  /** The file or folder. */
  readonly file: string;
  /** The files that are read. */
  readonly files: readonly string[];
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
  /** SQL of the position of a row among those of all files, in reading order, from 1. */
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

/**
 * Opens a file of a spec, or the files of a folder as one table.
 *
 * @throws LIMAML_ERR_DATA_FILE_MISSING, LIMAML_ERR_DATA_FORMAT, LIMAML_ERR_DATA_UNREADABLE,
 *   LIMAML_ERR_DATA_EMPTY
 */
export async function openSource(
  connection: DuckDBConnection,
  folder: string,
  spec: TableFile,
): Promise<TableSource> {
  const files = await sourceFiles(folder, spec);
  try {
    if (files.format === 'parquet') return await openParquet(connection, files);
    if (files.format === 'jsonl') return openJsonLines(connection, files);
    return await openCsv(connection, files, spec.delimiter ?? defaultDelimiter(files.files[0]!));
  } catch (cause) {
    throw asUnreadable(files.file, cause);
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

function defaultDelimiter(file: string): string {
  return /\.tsv(\.gz)?$/i.test(file) ? '\t' : ',';
}

/** A call of a reader of DuckDB. */
function readCall(
  reader: 'read_csv' | 'read_parquet',
  { files, keys }: SourceFiles,
  options: readonly string[],
): string {
  const paths = `[${files.map(sqlPath).join(', ')}]`;
  const hive = [`hive_partitioning = ${keys.length > 0}`, 'hive_types_autocast = false'];
  return `${reader}(${[paths, ...hive, ...options].join(', ')})`;
}

async function openCsv(
  connection: DuckDBConnection,
  source: SourceFiles,
  delimiter: string,
): Promise<TableSource> {
  const own = await commonHeader(source.files, delimiter);
  const columns = [...own, ...source.keys.filter((key) => !own.includes(key))];
  const types = own.map((column) => `${sqlString(column)}: 'VARCHAR'`).join(', ');
  const options = [
    ...['header = true', 'auto_detect = false', `delim = ${sqlString(delimiter)}`],
    ...[`quote = '"'`, `escape = '"'`, `columns = {${types}}`, 'store_rejects = true'],
  ];
  return {
    ...source,
    relation: readCall('read_csv', source, options),
    text: sqlName,
    ...numbersOfText(sqlName),
    position: COUNTED,
    list: (column, separator) => splitList(sqlName(column), separator),
    unreadable: 'false',
    columnar: false,
    columns,
    hasColumn: (column) => Promise.resolve(columns.includes(column)),
    locate: (rows) => locateCsv(connection, source, rows),
  };
}

/** Column names, the same in every file: DuckDB goes by the places of columns. */
async function commonHeader(files: readonly string[], delimiter: string): Promise<string[]> {
  let common: string[] | undefined;
  for (const file of files) {
    const header = await csvHeader(file, delimiter);
    if (header === undefined) throw emptyFile(file);
    common ??= header;
    if (header.join('\n') === common.join('\n')) continue;
    const reason = `its columns are ${header.join(', ')}, those of the first file ${common.join(', ')}`;
    throw fileUnreadable(file, new Error(reason));
  }
  return common!;
}

/**
 * JSON lines are read as lines of text, so that a malformed one is a row like any other. `\x01` cannot
 * stand in JSON unescaped.
 */
function openJsonLines(connection: DuckDBConnection, source: SourceFiles): TableSource {
  const options = [
    ...['header = false', 'auto_detect = false', "delim = '\x01'", "quote = ''", "escape = ''"],
    ...["columns = {'line': 'VARCHAR'}", 'store_rejects = true'],
  ];
  const relation = readCall('read_csv', source, options);
  const value = (column: string): string => `json_extract_string(line, ${jsonPointer(column)})`;
  const text = (column: string): string =>
    source.keys.includes(column)
      ? sqlName(column)
      : `CASE WHEN json_valid(line) THEN ${value(column)} END`;
  return {
    ...source,
    relation,
    text,
    ...numbersOfText(text),
    position: COUNTED,
    list: (column, separator) =>
      `CASE WHEN NOT json_valid(line) THEN NULL WHEN json_type(line, ${jsonPointer(column)}) = 'ARRAY' ` +
      `THEN json_extract_string(line, ${jsonPointer(column, '/*')}) ` +
      `ELSE ${splitList(text(column), separator)} END`,
    unreadable: 'NOT json_valid(line)',
    columnar: false,
    columns: undefined,
    hasColumn: async (column) => {
      if (source.keys.includes(column)) return true;
      const has = `CASE WHEN json_valid(line) THEN json_exists(line, ${jsonPointer(column)}) END`;
      const found = await queryRows(connection, `SELECT 1 FROM ${relation} WHERE ${has} LIMIT 1`);
      return found.length > 0;
    },
    locate: (rows) => locateLines(source, rows),
  };
}

async function openParquet(
  connection: DuckDBConnection,
  source: SourceFiles,
): Promise<TableSource> {
  const relation = readCall('read_parquet', source, ['union_by_name = true']);
  const described = await queryRows(connection, `DESCRIBE SELECT * FROM ${relation}`);
  const types = new Map(described.map((row) => [String(row.column_name), String(row.column_type)]));
  const counts = await countParquetRows(connection, source.files);
  const text = (column: string): string => `CAST(${sqlName(column)} AS VARCHAR)`;
  return {
    ...source,
    ...(types.has(POSITION) ? { relation, position: COUNTED } : numberedRows(source, counts)),
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
    locate: (rows) =>
      Promise.resolve(locateByCounts(source, rows, counts, (name, row) => `${name}, row ${row}`)),
  };
}

/** Position of a row by counting; it keeps DuckDB from reading in parallel. */
const COUNTED = 'row_number() OVER ()';
/** A Parquet file knows the positions of its rows, unless it has a column of this name. */
const POSITION = 'file_row_number';

/** Rows of each file. */
async function countParquetRows(
  connection: DuckDBConnection,
  files: readonly string[],
): Promise<readonly number[]> {
  const found = await queryRows(
    connection,
    `SELECT file_name, num_rows::DOUBLE AS rows FROM parquet_file_metadata([${files.map(sqlPath).join(', ')}])`,
  );
  const rowsOf = new Map(found.map(({ file_name: file, rows }) => [String(file), Number(rows)]));
  return files.map((file) => rowsOf.get(file) ?? 0);
}

function numberedRows(
  source: SourceFiles,
  counts: readonly number[],
): Pick<TableSource, 'relation' | 'position'> {
  let before = 0;
  const starts = counts.map((count) => (before += count) - count);
  const options = ['union_by_name = true', `${POSITION} = true`];
  return {
    relation: readCall('read_parquet', source, options),
    position: `list_extract([${starts.join(', ')}]::BIGINT[], file_index::BIGINT + 1) + ${POSITION} + 1`,
  };
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
