import type { TensorMap } from '@limaml/graph';
import type { PoolTask } from './protocol.js';
import { PoolThread } from './thread.js';

/** Worker threads, each with its own session of every program. */
export class WorkerPool {
  readonly #threads: readonly PoolThread[];
  readonly #idle: PoolThread[];
  /** Runs that wait for a thread, the oldest first. */
  readonly #waiting: ((thread: PoolThread) => void)[] = [];

  constructor(workers: number) {
    this.#threads = Array.from(
      { length: workers },
      (_, at) => new PoolThread(`limaml-ort-${at + 1}`),
    );
    this.#idle = [...this.#threads];
  }

  /** Has one thread do it: the first that is idle, in the order of the calls. */
  async run(task: PoolTask): Promise<TensorMap> {
    const thread = await this.#take();
    try {
      return await thread.request(task);
    } finally {
      this.#give(thread);
    }
  }

  /** Has every thread do it. */
  async all(task: PoolTask): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.request(task)));
  }

  /** Ends the threads, after what they are doing. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #take(): PoolThread | Promise<PoolThread> {
    return this.#idle.shift() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  #give(thread: PoolThread): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(thread);
    else next(thread);
  }
}
