/** What JSON can say. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Something that happened to an entity. */
export interface EntityEvent {
  /** Unique for its entity: an event that comes again under its id counts once. At most 256 bytes in UTF-8. */
  readonly id: string;
  /** Id of the entity. */
  readonly entity: string;
  /** When it happened, in whole milliseconds since 1970. */
  readonly time: number;
  /** What happened. */
  readonly body: Json;
  /** Features of the entity from now on, in the place of those known before. */
  readonly profile?: Json | undefined;
}

/** The newest events of an entity, and what is known of it. */
export interface EventWindow {
  readonly profile: Json | undefined;
  /** Oldest first; of equal times in the order they were appended. */
  readonly events: readonly EntityEvent[];
  /** Of the newest append to this entity; 0 where nothing is pending. */
  readonly sequence: number;
}

/** An entity with events that nobody has dealt with. */
export interface PendingEntity {
  readonly entity: string;
  /** Of its newest append. */
  readonly sequence: number;
  /** When the oldest of them was appended, in milliseconds since 1970. */
  readonly since: number;
}

/** What a log holds. */
export interface EventLogStatistics {
  readonly events: number;
  readonly entities: number;
  readonly pending: number;
}

/** Options of every event log. */
export interface EventLogOptions {
  /** Newest events of each entity that are kept, at least; a quarter more may be there for a while. Default 256. */
  readonly keep?: number;
  /** Age in milliseconds from which events are forgotten. Default: never. */
  readonly maxAgeMs?: number;
}

/**
 * The recent events of the entities of one type: what nearline refresh adapts to. An event whose append has
 * settled survives the process, and is pending until it is settled. After `close` everything but `close`
 * throws LIMAML_ERR_STORE_CLOSED.
 */
export interface EventLog {
  readonly name: string;
  /**
   * Appends events and makes them durable; those that come at about the same time share a commit.
   *
   * @returns per event, whether it is new; one that is not leaves everything as it was
   * @throws LIMAML_ERR_STORE_ID_INVALID, LIMAML_ERR_STORE_WRITE_FAILED, LIMAML_ERR_STORE_SERVER_FAILED
   */
  append(events: readonly EntityEvent[]): Promise<readonly boolean[]>;
  /** The newest events of an entity. */
  window(entity: string, limit: number): Promise<EventWindow>;
  /** Entities with events that are not settled, in no particular order: what a crash left to do. */
  pending(): Promise<readonly PendingEntity[]>;
  /**
   * Says that the events of an entity up to a sequence are dealt with; later ones stay pending.
   *
   * @returns per entity, whether it was pending with these and with nothing later. Where it was not, somebody else has
   *   dealt with later events, or they wait
   */
  settle(settled: readonly Omit<PendingEntity, 'since'>[]): Promise<readonly boolean[]>;
  /**
   * Forgets an entity: its events, their ids, its profile.
   * @returns how many events there were
   */
  delete(entity: string): Promise<number>;
  /**
   * Deletes events that are older than `maxAgeMs`.
   * @returns how many there were
   */
  prune(): Promise<number>;
  statistics(): Promise<EventLogStatistics>;
  close(): Promise<void>;
}

/** How many events of an entity are kept, and how old they may be. */
export interface Retention {
  readonly keep: number;
  readonly maxAgeMs: number;
}
