import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isLimamlError } from '@limaml/errors';
import yauzl from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { isAbort } from '../is-abort.js';
import { archiveRefused } from './errors.js';

/** What may come out of an archive. */
export interface UnpackOptions {
  /** The folder of the archive whose files are taken. */
  readonly folder: string;
  /** What they take together, at most. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Files of an archive, at most; the sets in the list have a few dozen. */
const MAX_FILES = 10_000;

/**
 * Unpacks one folder of a zip file. Names that lead out of the target folder, links and more bytes than expected are
 * refused: nothing but plain files is written, all below the target.
 *
 * @throws LIMAML_ERR_DATA_ARCHIVE
 */
export async function unpackZip(
  archive: string,
  target: string,
  options: UnpackOptions,
): Promise<void> {
  try {
    // Entries are read twice: nothing is written before every name and size has been looked at.
    await eachFile(archive, options, createLimit(archive, options));
    await eachFile(archive, options, (entry, name, zip) =>
      writeEntry(zip, entry, path.join(target, name), options.signal),
    );
  } catch (cause) {
    if (isLimamlError(cause) || isAbort(cause)) throw cause;
    throw archiveRefused(archive, (cause as Error).message, cause);
  }
}

type Visit = (entry: Entry, name: string, zip: ZipFile) => Promise<void> | void;

/** Visits the files of the folder. The library refuses absolute names and those with "..". */
async function eachFile(archive: string, { folder }: UnpackOptions, visit: Visit): Promise<void> {
  const zip = await yauzl.openPromise(archive, { strictFileNames: true });
  const prefix = `${folder}/`;
  for await (const entry of zip.eachEntry()) {
    const { fileName } = entry;
    if (!fileName.startsWith(prefix) || fileName.endsWith('/')) continue;
    await visit(entry, fileName.slice(prefix.length), zip);
  }
}

const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;

function createLimit(archive: string, { maxBytes }: UnpackOptions): Visit {
  let [files, bytes] = [0, 0];
  return (entry) => {
    const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
    // Archives made on Windows have no type.
    if (type !== 0 && type !== REGULAR)
      throw archiveRefused(archive, `"${entry.fileName}" is no plain file`);
    bytes += entry.uncompressedSize;
    if (++files > MAX_FILES) throw archiveRefused(archive, `it has more than ${MAX_FILES} files`);
    if (bytes > maxBytes)
      throw archiveRefused(archive, `its files take more than ${maxBytes} bytes`);
  };
}

/** The library ends the stream with an error where the file is longer or shorter than stated. */
async function writeEntry(
  zip: ZipFile,
  entry: Entry,
  file: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const content = await zip.openReadStreamPromise(entry);
  await pipeline(content, createWriteStream(file, { flags: 'wx' }), { signal });
}
