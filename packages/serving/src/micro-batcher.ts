/** Options of {@link createMicroBatcher}. */
export interface MicroBatcherOptions<Call, Result> {
  /** Computes calls together: one result per call, in their order. */
  readonly run: (calls: readonly Call[]) => Promise<readonly Result[]>;
  /** What a call adds to a batch. */
  readonly sizeOf: (call: Call) => number;
  /** Size of a batch, about: a batch closes with the call that reaches it. */
  readonly maxSize: number;
  /** How long a call waits for a batch that is running, at most. */
  readonly maxDelayMs: number;
  /** Batches that may run before others wait. Default 1. */
  readonly concurrency?: number;
}

/** Gathers calls that come at about the same time, and computes them together. */
export type MicroBatcher<Call, Result> = (call: Call) => Promise<Result>;

/** A call and who waits for it. */
interface Waiting<Call, Result> {
  readonly call: Call;
  readonly since: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes a micro-batcher. When nothing runs, a batch is what arrived in one turn of the event loop, so a call
 * that comes alone does not wait; while batches run, calls gather until one of those is done or the first
 * of them has waited `maxDelayMs`.
 */
export function createMicroBatcher<Call, Result>(
  options: MicroBatcherOptions<Call, Result>,
): MicroBatcher<Call, Result> {
  const queue = new BatchQueue(options);
  return (call) =>
    new Promise((resolve, reject) => {
      queue.push({ call, since: performance.now(), resolve, reject });
    });
}

class BatchQueue<Call, Result> {
  readonly #options: MicroBatcherOptions<Call, Result>;
  #waiting: Waiting<Call, Result>[] = [];
  #running = 0;
  #scheduled = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: MicroBatcherOptions<Call, Result>) {
    this.#options = options;
  }

  push(waiting: Waiting<Call, Result>): void {
    this.#waiting.push(waiting);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#waiting.length === 0 || this.#scheduled) return;
    if (this.#running < (this.#options.concurrency ?? 1)) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#flush();
      });
    } else if (this.#timer === undefined) {
      this.#timer = setTimeout(() => {
        this.#expire();
      }, this.#options.maxDelayMs);
    }
  }

  /** The first call has waited long enough: its batch runs beside the others. */
  #expire(): void {
    this.#timer = undefined;
    const [first] = this.#waiting;
    if (first === undefined || this.#scheduled) return;
    if (performance.now() - first.since >= this.#options.maxDelayMs) this.#flush();
    else this.#schedule();
  }

  #flush(): void {
    const batch = this.#take();
    if (batch.length > 0) void this.#run(batch);
    this.#schedule();
  }

  #take(): Waiting<Call, Result>[] {
    let size = 0;
    let count = 0;
    while (count < this.#waiting.length && size < this.#options.maxSize)
      size += this.#options.sizeOf(this.#waiting[count++]!.call);
    return this.#waiting.splice(0, count);
  }

  async #run(batch: readonly Waiting<Call, Result>[]): Promise<void> {
    this.#running++;
    try {
      const results = await this.#options.run(batch.map(({ call }) => call));
      batch.forEach(({ resolve }, at) => {
        resolve(results[at]!);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#running--;
      this.#schedule();
    }
  }
}
