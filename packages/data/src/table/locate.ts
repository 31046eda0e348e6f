import type { DuckDBConnection } from '@duckdb/node-api';
import { openBytes, csvRecords } from './csv-records.js';
import { queryRows, sqlString } from './duck.js';
import { shownName } from './source-files.js';
import type { SourceFiles } from './source-files.js';

/** Where rows are. */
export interface Located {
  /** Place of each row asked for, e.g. `clicks.csv:17`. */
  readonly places: readonly string[];
  /** Rows that DuckDB left out, by reason. */
  readonly rejected: readonly { reason: string; count: number; places: readonly string[] }[];
}

/** @param placeOf place of a row of a file, both counted from where they begin */
export function locateByCounts(
  source: SourceFiles,
  rows: readonly number[],
  counts: readonly number[],
  placeOf: (name: string, row: number) => string,
): Located {
  const places = rows.map((row) => {
    let [file, left] = [0, row];
    while (file + 1 < source.files.length && left > counts[file]!) left -= counts[file++]!;
    return placeOf(shownName(source, source.files[file]!), left);
  });
  return { places, rejected: [] };
}

/** Lines of JSON are counted where there are several files: a line is a row. */
export async function locateLines(source: SourceFiles, rows: readonly number[]): Promise<Located> {
  const counts: number[] = [];
  if (source.files.length > 1 && rows.length > 0) {
    for (const file of source.files) counts.push(await countLines(file));
  }
  return locateByCounts(source, rows, counts, (name, row) => `${name}:${row}`);
}

const NEWLINE = 10;

async function countLines(file: string): Promise<number> {
  let [lines, last] = [0, NEWLINE];
  for await (const bytes of openBytes(file)) {
    for (const byte of bytes) if (byte === NEWLINE) lines++;
    last = bytes.at(-1) ?? last;
  }
  return last === NEWLINE ? lines : lines + 1;
}

/**
 * DuckDB numbers the records that it rejects (header and blank lines included) and says nothing about
 * where the others are, so the files are walked once more.
 */
export async function locateCsv(
  connection: DuckDBConnection,
  source: SourceFiles,
  rows: readonly number[],
): Promise<Located> {
  const rejected = await rejectedRecords(connection, source);
  const wanted = new Set(rows);
  const placeOfRow = new Map<number, string>();
  const groups = new Map<string, { reason: string; count: number; places: string[] }>();
  let row = 0;
  for (const file of wanted.size + rejected.size > 0 ? source.files : []) {
    const reasons = rejected.get(file) ?? new Map<number, string>();
    let record = 0;
    for await (const { line, blank } of csvRecords(file)) {
      const reason = reasons.get(++record);
      const place = `${shownName(source, file)}:${line}`;
      if (reason !== undefined) noteReject(groups, reason, place);
      else if (record > 1 && !blank && wanted.has(++row)) placeOfRow.set(row, place);
    }
  }
  const unknown = shownName(source, source.files[0]!);
  return {
    places: rows.map((at) => placeOfRow.get(at) ?? `${unknown}, row ${at}`),
    rejected: [...groups.values()],
  };
}

/** By file, reasons by the number of the record. */
async function rejectedRecords(
  connection: DuckDBConnection,
  { files }: SourceFiles,
): Promise<Map<string, Map<number, string>>> {
  const found = await queryRows(
    connection,
    'SELECT DISTINCT ON (file_path, line) file_path, line, error_type FROM reject_errors ' +
      'JOIN reject_scans USING (scan_id, file_id) ' +
      `WHERE file_path IN (${files.map(sqlString).join(', ')}) ORDER BY file_path, line`,
  );
  const rejected = new Map<string, Map<number, string>>();
  for (const { file_path: file, line, error_type: type } of found) {
    const records = rejected.get(String(file)) ?? new Map<number, string>();
    rejected.set(String(file), records.set(Number(line), String(type).toLowerCase()));
  }
  return rejected;
}

function noteReject(
  groups: Map<string, { reason: string; count: number; places: string[] }>,
  reason: string,
  place: string,
): void {
  const group = groups.get(reason) ?? { reason, count: 0, places: [] };
  group.count++;
  group.places.push(place);
  groups.set(reason, group);
}
