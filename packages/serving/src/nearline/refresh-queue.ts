import { queueFull } from '../errors.js';

/** An entity whose events wait, and when each of them was accepted. */
export interface QueuedEntity {
  readonly entity: string;
  /** Milliseconds since 1970; none for what was left by a process before. */
  readonly accepted: readonly number[];
}

/** Entities that wait for their refresh, those that wait longest first; several events of one wait as one. */
export class RefreshQueue {
  readonly #waiting = new Map<string, number[]>();
  readonly #limit: number;
  /** Events that wait, and those that are being appended. */
  #events = 0;

  /** @param limit events that may wait */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get events(): number {
    return this.#events;
  }

  get entities(): number {
    return this.#waiting.size;
  }

  /**
   * Keeps room for events that are about to come; {@link release} gives it back.
   * @throws LIMAML_ERR_SERVING_QUEUE_FULL
   */
  reserve(events: number): void {
    if (this.#events + events > this.#limit) throw queueFull(this.#limit);
    this.#events += events;
  }

  release(events: number): void {
    this.#events -= events;
  }

  push(entity: string, accepted: readonly number[]): void {
    const waiting = this.#waiting.get(entity);
    if (waiting === undefined) this.#waiting.set(entity, [...accepted]);
    else waiting.push(...accepted);
  }

  take(limit: number): readonly QueuedEntity[] {
    const taken: QueuedEntity[] = [];
    for (const [entity, accepted] of this.#waiting) {
      if (taken.length >= limit) break;
      taken.push({ entity, accepted });
      this.#waiting.delete(entity);
    }
    return taken;
  }

  /** Drops what waits of an entity. */
  remove(entity: string): void {
    this.release(this.#waiting.get(entity)?.length ?? 0);
    this.#waiting.delete(entity);
  }
}
