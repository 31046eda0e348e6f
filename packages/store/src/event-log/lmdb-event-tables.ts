import { isLimamlError } from '@limaml/errors';
import { open, type Database, type RootDatabase } from 'lmdb';
import { corruptStore, foreignFolder, openFailed } from '../errors.js';
import { prepareFolder } from '../lmdb-files.js';
import { checkPages } from '../lmdb-pages.js';
import type { Json } from './event-log.js';

const FORMAT = { name: 'limaml-event-log', layout: 1 } as const;
const NAMES: readonly unknown[] = ['meta', 'events', 'ids', 'entities', 'pending'];

/** An event as it is kept; its entity and time are in its key. */
export interface KeptEvent {
  readonly id: string;
  readonly body: Json;
}

/** What is kept of an entity beside its events. */
export interface KeptEntity {
  readonly events: number;
  readonly profile?: Json | undefined;
}

/** What is pending of an entity. */
export interface KeptPending {
  readonly sequence: number;
  readonly since: number;
}

/** The tables of an event log; keys of all but `meta` begin with the id of an entity. */
export interface EventTables {
  readonly root: RootDatabase;
  readonly meta: Database<unknown, string>;
  readonly events: Database<KeptEvent, Buffer>;
  readonly ids: Database<number, Buffer>;
  readonly entities: Database<KeptEntity, Buffer>;
  readonly pending: Database<KeptPending, Buffer>;
}

/**
 * Opens the folder of an event log, or makes it.
 *
 * @throws LIMAML_ERR_STORE_FOREIGN, LIMAML_ERR_STORE_CORRUPT, LIMAML_ERR_STORE_OPEN_FAILED
 */
export async function openEventTables(folder: string): Promise<EventTables> {
  if (prepareFolder(folder, true) === 'store') checkPages(folder);
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
    // A commit settles when it is on the disk, not before.
    const options = { noSubdir: false, maxDbs: NAMES.length, overlappingSync: false };
    return open({ path: folder, ...options });
  } catch (cause) {
    throw openFailed(folder, cause);
  }
}

function openTables(folder: string, root: RootDatabase): EventTables {
  const stranger = [...root.getKeys()].find((name) => !NAMES.includes(name));
  if (stranger !== undefined)
    throw foreignFolder(folder, `its LMDB file holds ${String(stranger)}`);
  const meta = root.openDB<unknown, string>({ name: 'meta', encoding: 'json' });
  const found = meta.get('format');
  if (found === undefined) meta.putSync('format', FORMAT);
  else if (JSON.stringify(found) !== JSON.stringify(FORMAT))
    throw foreignFolder(folder, `its format is ${JSON.stringify(found)}`);
  root.readerCheck();
  const table = <Value>(name: string): Database<Value, Buffer> =>
    root.openDB<Value, Buffer>({ name, encoding: 'json', keyEncoding: 'binary' });
  return {
    ...{ root, meta, events: table<KeptEvent>('events'), ids: table<number>('ids') },
    ...{ entities: table<KeptEntity>('entities'), pending: table<KeptPending>('pending') },
  };
}
