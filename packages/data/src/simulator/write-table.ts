import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeFailed } from '../errors.js';
import { isAbort } from '../is-abort.js';
import { sqlPath, sqlString, withDuck } from '../table/duck.js';
import { writeLines } from './write-lines.js';

/** Writes lines of CSV to a file; for Parquet, DuckDB then turns them into a typed file, streaming. */
export async function writeTable(
  file: string,
  lines: Iterable<string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (file.endsWith('.csv')) {
    await replaceFile(file, (partial) => writeLines(partial, lines, signal));
    return;
  }
  const csv = `${file}.csv.partial`;
  try {
    await writeLines(csv, lines, signal).catch((cause: unknown) => {
      throw isAbort(cause) ? cause : writeFailed(file, cause);
    });
    await replaceFile(file, (partial) => convertToParquet(csv, partial));
  } finally {
    await rm(csv, { force: true });
  }
}

async function convertToParquet(csv: string, parquet: string): Promise<void> {
  const source = `read_csv(${sqlPath(path.resolve(csv))}, header = true, delim = ',')`;
  const target = sqlString(path.resolve(parquet));
  await withDuck((connection) =>
    connection.run(`COPY (SELECT * FROM ${source}) TO ${target} (FORMAT parquet)`),
  );
}

/** Writes under another name and renames, so that a full disk never leaves half a file. */
export async function replaceFile(
  file: string,
  write: (partial: string) => Promise<unknown>,
): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await write(partial);
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true });
    throw isAbort(cause) ? cause : writeFailed(file, cause);
  }
}
