import { storeClosed } from '../errors.js';
import { assertId } from '../input-checks.js';
import { commitInBackground } from '../lmdb-commit.js';
import type {
  EntityEvent,
  EventLog,
  EventLogOptions,
  EventLogStatistics,
  EventWindow,
  PendingEntity,
  Retention,
} from './event-log.js';
import {
  entityPrefix,
  entityRange,
  eventIdKey,
  eventIdRange,
  eventKey,
  timeOf,
} from './lmdb-event-keys.js';
import { openEventTables, type EventTables, type KeptEntity } from './lmdb-event-tables.js';
import { assertEvents, oldestKept, retentionOf } from './retention.js';

/** Entities that are pruned in one transaction. */
const ENTITIES_AT_ONCE = 1000;
/** Keys of `entities` and `pending`: length and id. */
const LENGTH_BYTES = 2;

/**
 * Opens an event log in an LMDB folder, or makes it: for one machine. Appends are on the disk when they
 * settle; those that come while another is being flushed share the next flush.
 *
 * @throws LIMAML_ERR_STORE_OPTION_INVALID, LIMAML_ERR_STORE_FOREIGN, LIMAML_ERR_STORE_CORRUPT,
 *   LIMAML_ERR_STORE_OPEN_FAILED
 *
 * @example
 * ```ts
 * const log = await openLmdbEventLog('./events', { keep: 40 });
 * await log.append([{ id: 'e1', entity: 'ada', time: Date.now(), body: { candidate: 'job-1', label: 1 } }]);
 * console.log((await log.window('ada', 40)).events.length); // 1
 * await log.close();
 * ```
 */
export async function openLmdbEventLog(
  folder: string,
  options: EventLogOptions = {},
): Promise<EventLog> {
  const retention = retentionOf(options);
  return new LmdbEventLog(folder, await openEventTables(folder), retention);
}

class LmdbEventLog implements EventLog {
  readonly name = 'lmdb';
  readonly #folder: string;
  readonly #tables: EventTables;
  readonly #retention: Retention;
  #closing: Promise<void> | undefined;

  constructor(folder: string, tables: EventTables, retention: Retention) {
    this.#folder = folder;
    this.#tables = tables;
    this.#retention = retention;
  }

  async append(events: readonly EntityEvent[]): Promise<readonly boolean[]> {
    assertEvents(events);
    return this.#commit((tables) => {
      const first = Number(tables.meta.get('last-sequence') ?? 0) + 1;
      const added = events.map((event, at) => this.#add(tables, event, first + at));
      void tables.meta.put('last-sequence', first + events.length - 1);
      return added;
    });
  }

  async window(entity: string, limit: number): Promise<EventWindow> {
    const { events, entities, pending } = this.#open();
    const { start, end } = entityRange(entity);
    const oldest = oldestKept(this.#retention);
    const found = [...events.getRange({ start: end, end: start, reverse: true, limit })];
    const kept = found.filter(({ key }) => timeOf(key) >= oldest).reverse();
    const prefix = entityPrefix(entity);
    return {
      profile: entities.get(prefix)?.profile,
      events: kept.map(({ key, value }) => ({ ...value, entity, time: timeOf(key) })),
      sequence: pending.get(prefix)?.sequence ?? 0,
    };
  }

  async pending(): Promise<readonly PendingEntity[]> {
    const found = [...this.#open().pending.getRange()];
    return found.map(({ key, value }) => ({ entity: entityOf(key), ...value }));
  }

  settle(settled: readonly Omit<PendingEntity, 'since'>[]): Promise<readonly boolean[]> {
    return this.#commit(({ pending }) =>
      settled.map(({ entity, sequence }) => {
        const key = entityPrefix(entity);
        const isLast = (pending.get(key)?.sequence ?? Infinity) <= sequence;
        if (isLast) void pending.remove(key);
        return isLast;
      }),
    );
  }

  async delete(entity: string): Promise<number> {
    assertId(entity);
    return this.#commit((tables) => {
      const keys = [...tables.events.getKeys(entityRange(entity))];
      for (const key of keys) void tables.events.remove(key);
      for (const key of tables.ids.getKeys(eventIdRange(entity))) void tables.ids.remove(key);
      void tables.entities.remove(entityPrefix(entity));
      void tables.pending.remove(entityPrefix(entity));
      return keys.length;
    });
  }

  async prune(): Promise<number> {
    const oldest = oldestKept(this.#retention);
    let pruned = 0;
    let after: Buffer | undefined;
    while (oldest > 0) {
      const range = { ...(after && { start: after }), limit: ENTITIES_AT_ONCE };
      const keys = [...this.#open().entities.getKeys(range)];
      pruned += await this.#commit((tables) => this.#pruneEntities(tables, keys, oldest));
      if (keys.length < ENTITIES_AT_ONCE) break;
      after = Buffer.concat([keys.at(-1)!, Buffer.alloc(1)]);
    }
    return pruned;
  }

  async statistics(): Promise<EventLogStatistics> {
    const { events, entities, pending } = this.#open();
    return {
      events: events.getKeysCount(),
      entities: entities.getKeysCount(),
      pending: pending.getKeysCount(),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#tables.root.close();
    return this.#closing;
  }

  #add(tables: EventTables, event: EntityEvent, sequence: number): boolean {
    const { id, entity, time, body, profile } = event;
    const idKey = eventIdKey(entity, id);
    if (tables.ids.doesExist(idKey)) return false;
    const prefix = entityPrefix(entity);
    void tables.ids.put(idKey, time);
    void tables.events.put(eventKey(entity, time, sequence), { id, body });
    const since = tables.pending.get(prefix)?.since ?? Date.now();
    void tables.pending.put(prefix, { sequence, since });
    const before = tables.entities.get(prefix) ?? { events: 0 };
    const kept = {
      ...before,
      ...(profile !== undefined && { profile }),
      events: before.events + 1,
    };
    void tables.entities.put(prefix, this.#trim(tables, entity, kept));
    return true;
  }

  /** Old events go some at a time: looking for them costs as much as there are events. */
  #trim(tables: EventTables, entity: string, kept: KeptEntity): KeptEntity {
    const { keep } = this.#retention;
    if (kept.events <= keep + Math.ceil(keep / 4)) return kept;
    const keys = [...tables.events.getKeys(entityRange(entity))];
    for (const key of keys.slice(0, -keep)) removeEvent(tables, entity, key);
    return { ...kept, events: Math.min(keep, keys.length) };
  }

  #pruneEntities(tables: EventTables, keys: readonly Buffer[], oldest: number): number {
    let pruned = 0;
    for (const key of keys) {
      const entity = entityOf(key);
      const end = eventKey(entity, oldest, 0);
      const old = [...tables.events.getKeys({ start: entityPrefix(entity), end })];
      for (const event of old) removeEvent(tables, entity, event);
      const kept = tables.entities.get(key)!;
      if (old.length > 0)
        void tables.entities.put(key, { ...kept, events: kept.events - old.length });
      pruned += old.length;
    }
    return pruned;
  }

  #open(): EventTables {
    if (this.#closing) throw storeClosed('event log');
    return this.#tables;
  }

  #commit<Result>(action: (tables: EventTables) => Result): Promise<Result> {
    const tables = this.#open();
    return commitInBackground(tables.root, this.#folder, () => action(tables));
  }
}

function removeEvent(tables: EventTables, entity: string, key: Buffer): void {
  const event = tables.events.get(key);
  if (event !== undefined) void tables.ids.remove(eventIdKey(entity, event.id));
  void tables.events.remove(key);
}

function entityOf(key: Buffer): string {
  return key.toString('utf8', LENGTH_BYTES);
}
