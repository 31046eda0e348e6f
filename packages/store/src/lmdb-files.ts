import { closeSync, mkdirSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { corruptStore, foreignFolder, openFailed } from './errors.js';

/** Two meta pages of at least 4 KiB begin every LMDB file. */
const META_BYTES = 8192;
/** Each meta page has this number at this offset, little-endian. */
const MAGIC = 0xbeefc0de;
const MAGIC_OFFSET = 24;

/**
 * Makes the folder, and looks at what is in it before LMDB maps it into memory: a wrong file there is not an
 * error for LMDB but a crash of the process.
 *
 * @throws LIMAML_ERR_STORE_FOREIGN, LIMAML_ERR_STORE_CORRUPT, LIMAML_ERR_STORE_OPEN_FAILED
 */
export function prepareFolder(folder: string): void {
  const files = listOrMake(folder).filter((name) => name !== 'lock.mdb');
  if (files.includes('data.mdb')) checkHeader(folder);
  else if (files.length > 0) throw foreignFolder(folder, `it holds ${files[0]} but no data.mdb`);
}

/**
 * Compares the size of the file with what LMDB expects to find in it.
 *
 * @throws LIMAML_ERR_STORE_CORRUPT when it was cut short
 */
export function checkLength(folder: string, pages: number, pageBytes: number): void {
  const { size } = statSync(dataFile(folder));
  const expected = pages * pageBytes;
  if (size >= expected) return;
  throw corruptStore(folder, `data.mdb has ${size} of ${expected} bytes, it was cut short`);
}

function listOrMake(folder: string): readonly string[] {
  try {
    mkdirSync(folder, { recursive: true });
    return readdirSync(folder);
  } catch (cause) {
    if (isErrno(cause, 'EEXIST') || isErrno(cause, 'ENOTDIR'))
      throw foreignFolder(folder, 'it is a file');
    throw openFailed(folder, cause);
  }
}

function checkHeader(folder: string): void {
  const head = Buffer.alloc(META_BYTES);
  const bytes = readHead(folder, head);
  if (bytes < META_BYTES) throw corruptStore(folder, `data.mdb has only ${bytes} bytes`);
  const magic = head.readUInt32LE(MAGIC_OFFSET);
  if (magic !== MAGIC) throw corruptStore(folder, 'data.mdb is not an LMDB file');
}

function readHead(folder: string, into: Buffer): number {
  try {
    const file = openSync(dataFile(folder), 'r');
    try {
      return readSync(file, into, 0, into.length, 0);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw openFailed(folder, cause);
  }
}

function dataFile(folder: string): string {
  return join(folder, 'data.mdb');
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
