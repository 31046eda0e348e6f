import { isLimamlError } from '@limaml/errors';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { corruptStore, foreignFolder, openFailed, writeFailed } from './errors.js';
import { prepareFolder } from './lmdb-files.js';
import { checkPages } from './lmdb-pages.js';

/** Written into every store; another layout is another store. */
const FORMAT = { name: 'limaml-meta-embeddings', layout: 1 } as const;
const TABLES: readonly unknown[] = ['catalogue', 'vectors'];

/** An open LMDB folder. */
export interface Environment {
  readonly folder: string;
  readonly root: RootDatabase;
  /** JSON by name: the format, the last version number, one catalogue per entity type, markers, versions to sweep. */
  readonly catalogue: Database<unknown, string>;
  /** Encoded vectors by version (6 bytes, big-endian) and id (UTF-8). */
  readonly vectors: Database<Buffer, Buffer>;
}

/**
 * Opens the LMDB folder of a store, or makes it.
 *
 * @param create whether to make a store where there is none
 * @throws LIMAML_ERR_STORE_MISSING, LIMAML_ERR_STORE_FOREIGN, LIMAML_ERR_STORE_CORRUPT,
 *   LIMAML_ERR_STORE_OPEN_FAILED
 */
export async function openEnvironment(folder: string, create: boolean): Promise<Environment> {
  if (prepareFolder(folder, create) === 'store') checkPages(folder);
  const root = openRoot(folder);
  try {
    return openTables(folder, root);
  } catch (error) {
    await root.close();
    throw isLimamlError(error) ? error : corruptStore(folder, 'LMDB cannot read it', error);
  }
}

function openRoot(folder: string): RootDatabase {
  try {
    // Commits are synchronous and flushed, which leaves nothing to overlap.
    const options = { noSubdir: false, maxDbs: TABLES.length, overlappingSync: false };
    return open({ path: folder, ...options });
  } catch (cause) {
    throw openFailed(folder, cause);
  }
}

function openTables(folder: string, root: RootDatabase): Environment {
  const stranger = [...root.getKeys()].find((name) => !TABLES.includes(name));
  if (stranger !== undefined)
    throw foreignFolder(folder, `its LMDB file holds ${String(stranger)}`);
  const catalogue = root.openDB<unknown, string>({ name: 'catalogue', encoding: 'json' });
  checkFormat(folder, catalogue);
  // Frees the snapshots of readers that were killed; they would keep LMDB from using their pages again.
  root.readerCheck();
  const vectors = root.openDB<Buffer, Buffer>({
    name: 'vectors',
    encoding: 'binary',
    keyEncoding: 'binary',
  });
  return { folder, root, catalogue, vectors };
}

/** A process may have died between making the table and writing the format: an empty one is new. */
function checkFormat(folder: string, catalogue: Database<unknown, string>): void {
  const found = catalogue.get('format');
  if (JSON.stringify(found) === JSON.stringify(FORMAT)) return;
  const isNew = found === undefined && catalogue.getKeysCount() === 0;
  if (!isNew)
    throw foreignFolder(
      folder,
      `its format is ${JSON.stringify(found)}, not ${JSON.stringify(FORMAT)}`,
    );
  try {
    catalogue.putSync('format', FORMAT);
  } catch (cause) {
    throw writeFailed(folder, cause);
  }
}
