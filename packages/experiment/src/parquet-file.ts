import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { recordCorrupt } from './errors.js';
import { readFileIfThere, writeFileWhole } from './files.js';

type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];

/** Replaces a file by columns as Parquet, in one step. */
export function writeParquet(path: string, columnData: Columns): Promise<void> {
  return writeFileWhole(path, new Uint8Array(parquetWriteBuffer({ columnData })));
}

/**
 * What `check` makes of the rows of a Parquet file, or undefined when there is none.
 *
 * @throws LIMAML_ERR_EXPERIMENT_RECORD_CORRUPT when it is not Parquet or not what `check` expects
 * @throws LIMAML_ERR_EXPERIMENT_FILE_UNREADABLE
 */
export async function readParquet<Value>(
  path: string,
  check: (rows: Readonly<Record<string, unknown>>[]) => Value,
): Promise<Value | undefined> {
  const bytes = await readFileIfThere(path);
  if (bytes === undefined) return undefined;
  try {
    return check(await parquetReadObjects({ file: Uint8Array.from(bytes).buffer }));
  } catch (error) {
    throw recordCorrupt(path, error);
  }
}
