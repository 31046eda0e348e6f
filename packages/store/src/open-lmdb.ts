import { isLimamlError } from '@limaml/errors';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { corruptStore, foreignFolder, openFailed, writeFailed } from './errors.js';
import { prepareFolder } from './lmdb-files.js';
import { checkPages } from './lmdb-pages.js';

/** What an LMDB folder holds. */
export interface LmdbLayout {
  /** Written into it when it is made; another format is another kind of folder. */
  readonly format: { readonly name: string; readonly layout: number };
  /** Names of its tables. The first holds JSON by name, the format among it. */
  readonly tables: readonly [string, ...string[]];
}

/** An open LMDB folder of a known format. */
export interface OpenedLmdb {
  readonly root: RootDatabase;
  /** The first table. */
  readonly names: Database<unknown, string>;
}

/**
 * Opens an LMDB folder, or makes it, and then its tables.
 *
 * @param create whether to make one where there is none
 * @param openTables opens the tables behind the first; what it throws closes the folder again
 * @throws LIMAML_ERR_STORE_MISSING, LIMAML_ERR_STORE_FOREIGN, LIMAML_ERR_STORE_CORRUPT,
 *   LIMAML_ERR_STORE_OPEN_FAILED
 */
export async function openLmdb<Tables>(
  folder: string,
  create: boolean,
  layout: LmdbLayout,
  openTables: (opened: OpenedLmdb) => Tables,
): Promise<Tables> {
  if (prepareFolder(folder, create) === 'store') checkPages(folder);
  const root = openRoot(folder, layout.tables.length);
  try {
    const names = openNames(folder, root, layout);
    // Frees the snapshots of readers that were killed; they would keep LMDB from using their pages again.
    root.readerCheck();
    return openTables({ root, names });
  } catch (error) {
    await root.close();
    throw isLimamlError(error) ? error : corruptStore(folder, 'LMDB cannot read it', error);
  }
}

function openRoot(folder: string, tables: number): RootDatabase {
  try {
    // A commit settles when it is on the disk, not before.
    return open({ path: folder, noSubdir: false, maxDbs: tables, overlappingSync: false });
  } catch (cause) {
    throw openFailed(folder, cause);
  }
}

function openNames(
  folder: string,
  root: RootDatabase,
  { format, tables }: LmdbLayout,
): Database<unknown, string> {
  const known: readonly unknown[] = tables;
  const stranger = [...root.getKeys()].find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw foreignFolder(folder, `its LMDB file holds ${String(stranger)}`);
  const names = root.openDB<unknown, string>({ name: tables[0], encoding: 'json' });
  checkFormat(folder, names, format);
  return names;
}

/** A process may have died between making the table and writing the format: an empty one is new. */
function checkFormat(
  folder: string,
  names: Database<unknown, string>,
  format: LmdbLayout['format'],
): void {
  const [found, expected] = [names.get('format'), JSON.stringify(format)];
  if (JSON.stringify(found) === expected) return;
  const isNew = found === undefined && names.getKeysCount() === 0;
  if (!isNew)
    throw foreignFolder(folder, `its format is ${JSON.stringify(found)}, not ${expected}`);
  try {
    names.putSync('format', format);
  } catch (cause) {
    throw writeFailed(folder, cause);
  }
}
