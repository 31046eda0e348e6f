import type { Database, RootDatabase } from 'lmdb';
import { openLmdb } from './open-lmdb.js';

const LAYOUT = {
  format: { name: 'limaml-meta-embeddings', layout: 1 },
  tables: ['catalogue', 'vectors'],
} as const;

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
export function openEnvironment(folder: string, create: boolean): Promise<Environment> {
  return openLmdb(folder, create, LAYOUT, ({ root, names }) => {
    const vectors = root.openDB<Buffer, Buffer>({
      name: 'vectors',
      encoding: 'binary',
      keyEncoding: 'binary',
    });
    return { folder, root, catalogue: names, vectors };
  });
}
