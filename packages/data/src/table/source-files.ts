import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { emptyFile, fileMissing, fileUnreadable, formatsMixed, formatUnknown } from '../errors.js';
import type { TableFile } from './spec.js';

/** The files that a source consists of. */
export interface SourceFiles {
  /** The file or folder that the spec names. */
  readonly file: string;
  /** In the order in which they are read, that of their names. */
  readonly files: readonly string[];
  /** Columns that stand in the names of folders, such as `day=2026-01-05`. */
  readonly keys: readonly string[];
  readonly format: NonNullable<TableFile['format']>;
}

/**
 * Lists the file of a spec, or the files of a folder and of the folders in it. Names that begin with a dot or an
 * underscore are no data: `_SUCCESS`, checksums.
 *
 * @throws LIMAML_ERR_DATA_FILE_MISSING, LIMAML_ERR_DATA_EMPTY, LIMAML_ERR_DATA_FORMAT,
 *   LIMAML_ERR_DATA_UNREADABLE
 */
export async function sourceFiles(folder: string, spec: TableFile): Promise<SourceFiles> {
  const file = path.resolve(folder, spec.file);
  const info = await stat(file).catch((cause: unknown) => {
    throw fileMissing(file, cause);
  });
  if (info.isFile()) {
    return { file, files: [file], keys: [], format: spec.format ?? formatOf(file) };
  }
  if (!info.isDirectory()) throw fileMissing(file);
  const files = (await listFiles(file)).sort();
  if (files.length === 0) throw emptyFile(file);
  const format = spec.format ?? commonFormat(file, files);
  return { file, files, keys: commonKeys(file, files), format };
}

/** How a file is called in messages: by its name, or by its path in the folder. */
export function shownName({ file, files }: SourceFiles, one: string): string {
  return files.length === 1 && files[0] === file ? path.basename(file) : path.relative(file, one);
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw fileMissing(folder, cause);
  });
  const data = entries.filter(({ name }) => !/^[._]/.test(name));
  const lists = data.map(async (entry) => {
    const inside = path.join(folder, entry.name);
    return entry.isDirectory() ? listFiles(inside) : [inside];
  });
  return (await Promise.all(lists)).flat();
}

function formatOf(file: string): SourceFiles['format'] {
  const ending = path.extname(file.replace(/\.gz$/, '')).toLowerCase();
  if (ending === '.csv' || ending === '.tsv') return 'csv';
  if (ending === '.jsonl' || ending === '.ndjson') return 'jsonl';
  if (ending === '.parquet') return 'parquet';
  throw formatUnknown(file);
}

function commonFormat(folder: string, files: readonly string[]): SourceFiles['format'] {
  const formats = new Set(files.map(formatOf));
  if (formats.size > 1) throw formatsMixed(folder, [...formats].sort());
  return [...formats][0]!;
}

/** Every file must lie in folders of the same columns, or some rows would lack them. */
function commonKeys(folder: string, files: readonly string[]): readonly string[] {
  const [first, ...rest] = files.map((file) => keysOf(path.relative(folder, file)));
  const other = rest.findIndex((keys) => keys.join('/') !== first!.join('/'));
  if (other < 0) return first!;
  const [found, expected] = [rest[other]!, first!].map((keys) => keys.join(', ') || 'no column');
  const reason = `its path names ${found!}, that of the first file ${expected!}`;
  throw fileUnreadable(files[other + 1]!, new Error(reason));
}

function keysOf(relative: string): string[] {
  const folders = path.dirname(relative).split(path.sep);
  return folders.flatMap((name) => /^([^=]+)=/.exec(name)?.[1] ?? []);
}
