import {
  closeSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { corruptStore, foreignFolder, openFailed, storeMissing } from './errors.js';

/** Two meta pages of at least 4 KiB begin every LMDB file. */
const META_BYTES = 8192;
/** Each meta page has this number at this offset, little-endian. */
const MAGIC = 0xbeefc0de;
const MAGIC_OFFSET = 24;
/** More than a new store and its lock file take. */
const PROBE_BYTES = 128 * 1024;

/**
 * Makes the folder, and looks at what is in it before LMDB maps it into memory: a wrong file there is not an
 * error for LMDB but a crash of the process.
 *
 * @param create whether to make a folder for a new store
 * @returns whether there is a store in it
 * @throws LIMAML_ERR_STORE_MISSING, LIMAML_ERR_STORE_FOREIGN, LIMAML_ERR_STORE_CORRUPT,
 *   LIMAML_ERR_STORE_OPEN_FAILED
 */
export function prepareFolder(folder: string, create: boolean): 'store' | 'new' {
  const files = listFiles(folder, create);
  const others = files.filter((name) => name !== 'lock.mdb');
  const isStore = others.includes('data.mdb');
  if (isStore) checkHeader(folder);
  else if (others.length > 0) throw foreignFolder(folder, `it holds ${others[0]} but no data.mdb`);
  else if (!create) throw storeMissing(folder);
  if (!isStore || others.length === files.length) assertSpace(folder);
  return isStore ? 'store' : 'new';
}

/** LMDB writes its first pages and its lock file through mapped memory, where a full disk is a crash. */
function assertSpace(folder: string): void {
  const probe = join(folder, 'probe.tmp');
  try {
    writeFileSync(probe, Buffer.alloc(PROBE_BYTES), { flush: true });
  } catch (cause) {
    throw openFailed(folder, cause);
  } finally {
    rmSync(probe, { force: true });
  }
}

function listFiles(folder: string, create: boolean): readonly string[] {
  try {
    if (create) mkdirSync(folder, { recursive: true });
    return readdirSync(folder);
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) throw storeMissing(folder);
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

/** The file that LMDB keeps its pages in. */
export function dataFile(folder: string): string {
  return join(folder, 'data.mdb');
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
