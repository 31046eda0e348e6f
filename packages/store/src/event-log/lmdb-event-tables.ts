import type { Database, RootDatabase } from 'lmdb';
import { openLmdb } from '../open-lmdb.js';
import type { Json } from './event-log.js';

const LAYOUT = {
  format: { name: 'limaml-event-log', layout: 1 },
  tables: ['meta', 'events', 'ids', 'entities', 'pending'],
} as const;

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
export function openEventTables(folder: string): Promise<EventTables> {
  return openLmdb(folder, true, LAYOUT, ({ root, names }) => {
    const table = <Value>(name: string): Database<Value, Buffer> =>
      root.openDB<Value, Buffer>({ name, encoding: 'json', keyEncoding: 'binary' });
    return {
      ...{ root, meta: names, events: table<KeptEvent>('events'), ids: table<number>('ids') },
      ...{ entities: table<KeptEntity>('entities'), pending: table<KeptPending>('pending') },
    };
  });
}
