import { invalidOption, storeClosed } from '../errors.js';
import { assertId } from '../input-checks.js';
import { connect, type Connection } from '../redis/connection.js';
import { shardOf } from '../redis/layout.js';
import type {
  EntityEvent,
  EventLog,
  EventLogOptions,
  EventLogStatistics,
  EventWindow,
  Json,
  PendingEntity,
  Retention,
} from './event-log.js';
import { ALL, APPEND, DELETE, PRUNE, SETTLE, WINDOW } from './redis-event-scripts.js';
import { assertEvents, oldestKept, retentionOf } from './retention.js';

/** Options of {@link openRedisEventLog}. */
export interface RedisEventLogOptions extends EventLogOptions {
  /** Begins every key. Letters, digits and `. _ : -`. Default `'limaml-events'`. */
  readonly prefix?: string;
  /** Whether the address is a node of a cluster. Default false. */
  readonly cluster?: boolean;
}

/** Hash tags that entities are spread over. Part of the layout: never changed. */
const SHARDS = 64;
/** Sequences as text of one length sort as numbers do. */
const SEQUENCE_DIGITS = 16;

/**
 * Opens an event log on a Redis or Valkey server, or a cluster: for several machines that serve. What
 * survives a power cut is what the server is configured to keep: `appendonly yes`, `appendfsync always`.
 *
 * @throws LIMAML_ERR_STORE_OPTION_INVALID, LIMAML_ERR_STORE_SERVER_FAILED
 *
 * @example
 * ```ts
 * const log = await openRedisEventLog('redis://localhost:6379', { keep: 40 });
 * ```
 */
export async function openRedisEventLog(
  address: string,
  options: RedisEventLogOptions = {},
): Promise<EventLog> {
  const { prefix = 'limaml-events', cluster = false } = options;
  if (!/^[\w.:-]{1,64}$/.test(prefix))
    throw invalidOption('prefix', prefix, 'letters, digits and . _ : -, 64 at most');
  const retention = retentionOf(options);
  return new RedisEventLog(await connect(address, cluster), prefix, retention);
}

class RedisEventLog implements EventLog {
  readonly name = 'redis';
  readonly #connection: Connection;
  readonly #prefix: string;
  readonly #retention: Retention;
  #closing: Promise<void> | undefined;

  constructor(connection: Connection, prefix: string, retention: Retention) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#retention = retention;
  }

  async append(events: readonly EntityEvent[]): Promise<readonly boolean[]> {
    assertEvents(events);
    const counter = `${this.#prefix}:last-sequence`;
    const count = String(events.length);
    const last = await this.#open().send<number>(counter, ['INCRBY', counter, count]);
    const first = last - events.length + 1;
    return Promise.all(events.map((event, at) => this.#add(event, first + at)));
  }

  async window(entity: string, limit: number): Promise<EventWindow> {
    const oldest = String(oldestKept(this.#retention));
    const reply = await this.#run<[Buffer[], Buffer | null, Buffer | null]>(WINDOW, entity, [
      oldest,
      String(limit),
    ]);
    const [found, profile, sequence] = reply;
    return {
      profile: profile === null ? undefined : (JSON.parse(profile.toString()) as Json),
      events: found.map((text) => ({ ...(JSON.parse(text.toString()) as KeptEvent), entity })),
      sequence: sequence === null ? 0 : Number(sequence.toString()),
    };
  }

  async pending(): Promise<readonly PendingEntity[]> {
    const shards = Array.from({ length: SHARDS }, (_, shard) => this.#pendingOf(shard));
    return (await Promise.all(shards)).flat();
  }

  settle(settled: readonly Omit<PendingEntity, 'since'>[]): Promise<readonly boolean[]> {
    const runs = settled.map(async ({ entity, sequence }) => {
      const removed = await this.#run<number>(SETTLE, entity, [entity, String(sequence)]);
      return removed === 1;
    });
    return Promise.all(runs);
  }

  delete(entity: string): Promise<number> {
    assertId(entity);
    return this.#run(DELETE, entity, [entity]);
  }

  async prune(): Promise<number> {
    const oldest = oldestKept(this.#retention);
    if (oldest === 0) return 0;
    let pruned = 0;
    for (let shard = 0; shard < SHARDS; shard++)
      for (const entity of await this.#entitiesOf(shard))
        pruned += await this.#run<number>(PRUNE, entity, [entity, String(oldest)]);
    return pruned;
  }

  async statistics(): Promise<EventLogStatistics> {
    const counts = Array.from({ length: SHARDS }, async (_, shard) => {
      const keys = this.#shardKeys(shard);
      const [entities, pending] = await Promise.all([
        this.#open().send<number>(keys.counts, ['HLEN', keys.counts]),
        this.#open().send<number>(keys.pending, ['HLEN', keys.pending]),
      ]);
      const held = await this.#open().send<Buffer[]>(keys.counts, ['HVALS', keys.counts]);
      const events = held.reduce((sum, count) => sum + Number(count.toString()), 0);
      return { events, entities, pending };
    });
    return (await Promise.all(counts)).reduce((sum, shard) => ({
      events: sum.events + shard.events,
      entities: sum.entities + shard.entities,
      pending: sum.pending + shard.pending,
    }));
  }

  close(): Promise<void> {
    this.#closing ??= this.#connection.close();
    return this.#closing;
  }

  async #add({ id, entity, time, body, profile }: EntityEvent, sequence: number): Promise<boolean> {
    const added = await this.#run<number>(APPEND, entity, [
      ...[entity, id, String(time), String(sequence).padStart(SEQUENCE_DIGITS, '0')],
      JSON.stringify({ id, time, body }),
      ...[String(Date.now()), String(this.#retention.keep)],
      profile === undefined ? '' : JSON.stringify(profile),
    ]);
    return added === 1;
  }

  async #pendingOf(shard: number): Promise<readonly PendingEntity[]> {
    const { pending } = this.#shardKeys(shard);
    const flat = await this.#open().send<Buffer[]>(pending, ['EVAL', ALL, '1', pending]);
    const found: PendingEntity[] = [];
    for (let at = 0; at < flat.length; at += 2) {
      const [sequence, since] = flat[at + 1]!.toString().split(' ').map(Number);
      found.push({ entity: flat[at]!.toString(), sequence: sequence!, since: since! });
    }
    return found;
  }

  async #entitiesOf(shard: number): Promise<readonly string[]> {
    const { counts } = this.#shardKeys(shard);
    const found = await this.#open().send<Buffer[]>(counts, ['HKEYS', counts]);
    return found.map(String);
  }

  /** Runs a script on the keys of an entity, which one server of a cluster has all. */
  #run<Reply>(script: string, entity: string, values: readonly string[]): Promise<Reply> {
    const shard = shardOf({ prefix: this.#prefix, shards: SHARDS }, entity);
    const tag = `${this.#prefix}:{${shard}}`;
    const { pending, counts, profiles } = this.#shardKeys(shard);
    const window = `${tag}:window:${entity}`;
    const keys = [window, `${tag}:bodies:${entity}`, `${tag}:ids:${entity}`];
    const all = [...keys, pending, counts, profiles];
    const command = ['EVAL', script, String(all.length), ...all, ...values];
    return this.#open().send<Reply>(window, command);
  }

  #shardKeys(shard: number) {
    const tag = `${this.#prefix}:{${shard}}`;
    return { pending: `${tag}:pending`, counts: `${tag}:counts`, profiles: `${tag}:profiles` };
  }

  #open(): Connection {
    if (this.#closing) throw storeClosed('event log');
    return this.#connection;
  }
}

/** An event as the server keeps it. */
type KeptEvent = Pick<EntityEvent, 'id' | 'time' | 'body'>;
