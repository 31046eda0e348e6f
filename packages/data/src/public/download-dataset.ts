import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isLimamlError } from '@limaml/errors';
import { fileMissing, writeFailed } from '../errors.js';
import { isAbort } from '../is-abort.js';
import { archiveRefused, folderTaken, licenceNotAccepted } from './errors.js';
import { fetchFile } from './fetch-file.js';
import type { PublicDataset } from './public-datasets.js';
import { unpackZip } from './unpack-zip.js';
import { verifyFile } from './verify-file.js';

/** Options of {@link downloadDataset}. */
export interface DownloadOptions {
  /** Folder in which the folder of the set is made. */
  readonly to: string;
  /** The publisher's archive, or a folder of its files, to take instead of fetching it. */
  readonly from?: string;
  /** That the terms of the publisher have been read and are accepted. */
  readonly licenceAccepted: boolean;
  /** Replace a folder that holds something else. Default false. */
  readonly overwrite?: boolean;
  /** Told the bytes of the archive that are there while it is fetched. */
  readonly onBytes?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** What {@link downloadDataset} did. */
export interface Download {
  /** The folder of the set: what a reader is given as its path. */
  readonly folder: string;
  /** Where the files came from; `'there'`: they were in the folder already. */
  readonly source: 'fetched' | 'local' | 'there';
}

/**
 * Gets a public data set: fetches its archive, compares size and checksums, unpacks it to `<to>/<name>`. Nothing is
 * unpacked that is not the published file, and the folder appears when it is complete. An archive that was fetched in
 * part stays beside it, `<name>.zip.partial`, and the next try goes on from there.
 *
 * @throws LIMAML_ERR_DATA_LICENCE, LIMAML_ERR_DATA_FOLDER_TAKEN, LIMAML_ERR_DATA_DOWNLOAD,
 *   LIMAML_ERR_DATA_CHECKSUM, LIMAML_ERR_DATA_ARCHIVE, LIMAML_ERR_DATA_FILE_MISSING, LIMAML_ERR_DATA_WRITE
 * @example
 * ```ts
 * const { folder } = await downloadDataset(publicDataset('ml-100k'), { to: 'data', licenceAccepted: true });
 * const log = await movieLensDataset().load({ path: folder });
 * ```
 */
export async function downloadDataset(
  dataset: PublicDataset,
  options: DownloadOptions,
): Promise<Download> {
  const { to, from, licenceAccepted, overwrite = false, signal } = options;
  const folder = path.resolve(to, dataset.name);
  if (await isComplete(dataset, folder, signal)) return { folder, source: 'there' };
  if (!licenceAccepted) throw licenceNotAccepted(dataset.name, dataset.licence.url);
  const taken = (await readdir(folder).catch(() => [])).length > 0;
  if (taken && !overwrite) throw folderTaken(folder);
  await mkdir(to, { recursive: true }).catch((cause: unknown) => {
    throw writeFailed(to, cause);
  });
  const archive = from === undefined ? await fetchArchive(dataset, options) : path.resolve(from);
  await fillFolder(folder, to, async (partial) => {
    await takeFiles(dataset, archive, partial, signal);
    await verifyFiles(dataset, partial, signal);
  });
  if (from === undefined) await rm(archive, { force: true });
  return { folder, source: from === undefined ? 'fetched' : 'local' };
}

/** @returns the file fetched; where it is not the published one, it is removed */
async function fetchArchive(
  { name, url, bytes, checksums }: PublicDataset,
  { to, onBytes, signal }: DownloadOptions,
): Promise<string> {
  const file = path.resolve(to, `${name}.zip.partial`);
  await fetchFile(file, { url, bytes, onBytes, signal });
  try {
    await verifyFile(file, { bytes, checksums }, signal);
  } catch (error) {
    // What was gone on with may have been another file: the next try begins again.
    if (!isAbort(error)) await rm(file, { force: true });
    throw error;
  }
  return file;
}

/** Fills a folder under another name and renames it. */
async function fillFolder(
  folder: string,
  beside: string,
  fill: (partial: string) => Promise<void>,
): Promise<void> {
  const partial = await mkdtemp(path.join(beside, `.${path.basename(folder)}-`)).catch(
    (cause: unknown) => {
      throw writeFailed(beside, cause);
    },
  );
  try {
    await fill(partial);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    throw isLimamlError(cause) || isAbort(cause) ? cause : writeFailed(folder, cause);
  }
}

/** From a zip file, which must be the published one, or from a folder, whose files are compared afterwards. */
async function takeFiles(
  { folder, unpackedBytes, bytes, checksums, files }: PublicDataset,
  from: string,
  target: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const info = await stat(from).catch((cause: unknown) => {
    throw fileMissing(from, cause);
  });
  if (info.isFile()) {
    await verifyFile(from, { bytes, checksums }, signal);
    await unpackZip(from, target, { folder, maxBytes: unpackedBytes, signal });
    return;
  }
  for (const file of files) {
    signal?.throwIfAborted();
    const source = path.join(from, file.path);
    await verifyFile(source, file, signal);
    await mkdir(path.dirname(path.join(target, file.path)), { recursive: true });
    await copyFile(source, path.join(target, file.path)).catch((cause: unknown) => {
      throw fileMissing(source, cause);
    });
  }
}

async function verifyFiles(
  { files, url }: PublicDataset,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const file of files) {
    const there = await stat(path.join(folder, file.path)).catch(() => undefined);
    if (!there?.isFile()) throw archiveRefused(url, `it has no file ${file.path}`);
    await verifyFile(path.join(folder, file.path), file, signal);
  }
}

async function isComplete(
  dataset: PublicDataset,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await verifyFiles(dataset, folder, signal);
    return true;
  } catch (error) {
    if (isAbort(error)) throw error;
    return false;
  }
}
