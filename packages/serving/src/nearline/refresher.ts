import type { EntityEvent, EventLog } from '@limaml/store';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RefreshRequest, RefreshTarget } from './refresh-target.js';
import { RefreshQueue, type QueuedEntity } from './refresh-queue.js';

/** Options of {@link startRefresher}. */
export interface RefresherOptions {
  readonly log: EventLog;
  /** Gives the targets of now to `work`, and keeps them usable until it is done. */
  readonly use: <Result>(
    work: (targets: readonly RefreshTarget[]) => Promise<Result>,
  ) => Promise<Result>;
  /** Events that may wait for their refresh. Default 10 000. */
  readonly maxWaiting?: number;
  /** Entities that are adapted in one run, at most. Default 32. */
  readonly maxEntities?: number;
  /** Told of every run. */
  readonly onRefreshed?: (report: RefreshReport) => void;
  /** Told of what went wrong; the events stay in the log and are tried again. */
  readonly onError?: (error: unknown) => void;
}

/** What a run did, for metrics. */
export interface RefreshReport {
  readonly entities: number;
  /** Entities whose embedding was not finite; their old one stays. */
  readonly failed: number;
  /** Milliseconds from acceptance to the served vector, per event. */
  readonly freshness: readonly number[];
}

/** How many events were new, and how many had come before. */
export interface Acceptance {
  readonly accepted: number;
  readonly repeated: number;
}

/** Takes events and keeps the embeddings of their entities up to date. */
export interface Refresher {
  /** Events that wait for their refresh. */
  readonly waiting: number;
  /**
   * Makes events durable; their entities are adapted soon after. Events that came before count once.
   *
   * @throws LIMAML_ERR_SERVING_QUEUE_FULL when too many wait; nothing of the call is kept then
   */
  accept(events: readonly EntityEvent[]): Promise<Acceptance>;
  /**
   * Forgets an entity everywhere: events, profile, embeddings of all versions.
   * @returns whether anything was known of it
   */
  forget(entity: string): Promise<boolean>;
  /** Settles when no event waits. */
  idle(): Promise<void>;
  /** Finishes the run at hand; what waits stays in the log. */
  close(): Promise<void>;
}

const RETRY_AFTER_MS = 1000;

/**
 * Starts nearline refresh: event → log → embedding adapted to the newest events of its entity → store.
 *
 * An event is in the log before `accept` settles, and pending there until its embedding is stored, so a crash
 * loses none: what is pending is done when a refresher starts on the same log. Entities are adapted one run
 * after the other, several in a run, several events of an entity at once; the log gives them in order.
 *
 * @example
 * ```ts
 * const refresher = await startRefresher({ log, use: (work) => work([createRefreshTarget({ bundle, store })]) });
 * await refresher.accept([{ id: 'e1', entity: 'ada', time: Date.now(), body: { candidate: 'job-1', label: 1 } }]);
 * await refresher.idle();
 * ```
 */
export async function startRefresher(options: RefresherOptions): Promise<Refresher> {
  const refresher = new LogRefresher(options);
  await refresher.replay();
  return refresher;
}

class LogRefresher implements Refresher {
  readonly #options: RefresherOptions;
  readonly #queue: RefreshQueue;
  readonly #whenIdle = new Set<() => void>();
  readonly #settling = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  /** The run at hand, or what else must not overlap with one. */
  #turn: Promise<unknown> = Promise.resolve();
  #working: Promise<void> | undefined;

  constructor(options: RefresherOptions) {
    this.#options = options;
    this.#queue = new RefreshQueue(options.maxWaiting ?? 10_000);
  }

  get waiting(): number {
    return this.#queue.events;
  }

  async replay(): Promise<void> {
    for (const { entity } of await this.#options.log.pending()) this.#queue.push(entity, []);
    this.#wake();
  }

  async accept(events: readonly EntityEvent[]): Promise<Acceptance> {
    this.#queue.reserve(events.length);
    let accepted = 0;
    try {
      accepted = await this.#append(events);
    } finally {
      this.#queue.release(events.length - accepted);
      this.#wake();
    }
    return { accepted, repeated: events.length - accepted };
  }

  forget(entity: string): Promise<boolean> {
    return this.#inTurn(async () => {
      this.#queue.remove(entity);
      const events = await this.#options.log.delete(entity);
      const versions = await this.#options.use((targets) =>
        Promise.all(targets.map((target) => target.forget(entity))),
      );
      return events > 0 || versions.some((count) => count > 0);
    });
  }

  idle(): Promise<void> {
    if (this.#queue.events === 0 && this.#working === undefined) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.add(resolve));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#working;
    await this.#turn;
    await Promise.all(this.#settling);
  }

  /** @returns how many are new */
  async #append(events: readonly EntityEvent[]): Promise<number> {
    const now = Date.now();
    const added = await this.#options.log.append(events);
    const fresh = events.filter((_, at) => added[at]);
    for (const { entity } of fresh) this.#queue.push(entity, [now]);
    return fresh.length;
  }

  #wake(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#queue.entities > 0 && !this.#closing.signal.aborted) this.#wake();
      else this.#tellIdle();
    });
  }

  #tellIdle(): void {
    for (const resolve of this.#whenIdle) resolve();
    this.#whenIdle.clear();
  }

  async #work(): Promise<void> {
    while (this.#queue.entities > 0 && !this.#closing.signal.aborted) {
      const done = await this.#inTurn(() => this.#refreshSome());
      if (!done) await sleep(RETRY_AFTER_MS, undefined, this.#closing).catch(() => undefined);
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** @returns false when it must be tried again */
  async #refreshSome(): Promise<boolean> {
    const batch = this.#queue.take(this.#options.maxEntities ?? 32);
    try {
      await this.#refresh(batch);
      return true;
    } catch (error) {
      for (const { entity, accepted } of batch) this.#queue.push(entity, accepted);
      this.#options.onError?.(error);
      return false;
    }
  }

  async #refresh(batch: readonly QueuedEntity[]): Promise<void> {
    const windows = await this.#options.use((targets) => this.#refreshAll(targets, batch));
    this.#report(batch, windows.failed);
    this.#settle(windows.read.map((window, at) => ({ entity: batch[at]!.entity, window })));
  }

  /** Beside the next run: what is not settled when the process dies is done again. */
  #settle(refreshed: readonly RefreshRequest[]): void {
    const settling: Promise<void> = this.#settleNow(refreshed)
      .catch((error: unknown) => this.#options.onError?.(error))
      .finally(() => this.#settling.delete(settling));
    this.#settling.add(settling);
  }

  /** Reads the newest windows once for all targets. */
  async #refreshAll(targets: readonly RefreshTarget[], batch: readonly QueuedEntity[]) {
    const limit = Math.max(1, ...targets.map(({ support }) => support));
    const read = await Promise.all(
      batch.map(({ entity }) => this.#options.log.window(entity, limit)),
    );
    const requests = batch.map(({ entity }, at) => ({ entity, window: read[at]! }));
    const failed = await Promise.all(targets.map((target) => target.refresh(requests)));
    return { read, failed: Math.max(0, ...failed) };
  }

  #report(batch: readonly QueuedEntity[], failed: number): void {
    const now = Date.now();
    const freshness = batch.flatMap(({ accepted }) => accepted.map((since) => now - since));
    this.#queue.release(freshness.length);
    this.#options.onRefreshed?.({ entities: batch.length, failed, freshness });
  }

  /** Another server may have stored the embedding of a newer window, and this one an older over it. */
  async #settleNow(refreshed: readonly RefreshRequest[]): Promise<void> {
    const { log } = this.#options;
    const sequences = refreshed.map(({ entity, window: { sequence } }) => ({ entity, sequence }));
    const isLast = await log.settle(sequences);
    for (const [at, { entity, window }] of refreshed.entries()) {
      if (isLast[at]) continue;
      const newest = await log.window(entity, 1);
      if (newest.events.at(-1)?.id === window.events.at(-1)?.id) continue;
      this.#queue.push(entity, []);
      this.#wake();
    }
  }
}
