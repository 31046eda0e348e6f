import type { TensorMap } from '@limaml/graph';
import type { PoolTask } from './protocol.js';
import { PoolThread } from './thread.js';

/**
 * Runs that a thread is given at once, at most: it begins the second while the calling thread is still busy
 * with what came of the first.
 */
const RUNS_AHEAD = 2;

/** A thread and the runs that it has been given. */
interface Member {
  readonly thread: PoolThread;
  runs: number;
}

/** Worker threads, each with its own session of every program. */
export class WorkerPool {
  readonly #members: readonly Member[];
  /** Runs that wait for a thread, the oldest first. */
  readonly #waiting: ((member: Member) => void)[] = [];

  constructor(workers: number) {
    this.#members = Array.from({ length: workers }, (_, at) => {
      return { thread: new PoolThread(`limaml-ort-${at + 1}`), runs: 0 };
    });
  }

  /** Has one thread do it: the one with the fewest runs, in the order of the calls. */
  async run(task: PoolTask): Promise<TensorMap> {
    const member = await this.#take();
    try {
      return await member.thread.request(task);
    } finally {
      this.#give(member);
    }
  }

  /** Has every thread do it. */
  async all(task: PoolTask): Promise<void> {
    await Promise.all(this.#members.map(({ thread }) => thread.request(task)));
  }

  /** Ends the threads, after what they are doing. */
  async close(): Promise<void> {
    await Promise.all(this.#members.map(({ thread }) => thread.close()));
  }

  #take(): Member | Promise<Member> {
    const least = this.#members.reduce((a, b) => (b.runs < a.runs ? b : a));
    if (least.runs === RUNS_AHEAD) return new Promise((resolve) => this.#waiting.push(resolve));
    least.runs++;
    return least;
  }

  #give(member: Member): void {
    const next = this.#waiting.shift();
    if (next === undefined) member.runs--;
    else next(member);
  }
}
