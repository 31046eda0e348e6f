import type { TensorMap } from '@limaml/graph';
import { Worker } from 'node:worker_threads';
import { workerDied } from '../errors.js';
import { Handover } from './handover.js';
import type { PoolReply, PoolRequest, PoolTask, SentTask } from './protocol.js';

interface Pending {
  readonly resolve: (outputs: TensorMap) => void;
  readonly reject: (error: Error) => void;
}

/** One worker thread. Once it has died, whatever it is asked fails with the cause of its death. */
export class PoolThread {
  readonly #name: string;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #pending = new Map<number, Pending>();
  readonly #handover = new Handover((number) => {
    this.#send({ kind: 'forget', number });
  });
  #lastId = 0;
  #death: Error | undefined;

  constructor(name: string) {
    this.#name = name;
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { name });
    this.#worker.on('message', (reply: PoolReply) => {
      this.#settle(reply);
    });
    this.#worker.once('error', (error) => {
      this.#die(error);
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#die(new Error(`The thread ended with exit code ${code}`));
        resolve();
      });
    });
    // Only a request in progress keeps the process alive.
    this.#worker.unref();
  }

  /**
   * @returns outputs of a run that had no buffer
   * @throws what ONNX Runtime says; LIMAML_ERR_ORT_WORKER_DIED
   */
  request(task: PoolTask): Promise<TensorMap> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) {
        reject(this.#death);
        return;
      }
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve, reject });
      this.#worker.ref();
      this.#send({ ...this.#sent(task), id });
    });
  }

  /** Requests in progress are answered first. */
  async close(): Promise<void> {
    if (this.#death !== undefined) return;
    this.#worker.ref();
    this.#send({ kind: 'close' });
    await this.#ended;
  }

  #sent(task: PoolTask): SentTask {
    if (task.kind !== 'run') return task;
    const [feeds, into] = [this.#handover.send(task.feeds), this.#handover.send(task.into)];
    return { ...task, feeds, into };
  }

  #send(request: PoolRequest): void {
    this.#worker.postMessage(request);
  }

  #settle(reply: PoolReply): void {
    const { resolve, reject } = this.#pending.get(reply.id)!;
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if ('failure' in reply) reject(reply.failure);
    else resolve(reply.outputs);
  }

  #die(cause: Error): void {
    this.#death ??= workerDied(this.#name, cause);
    for (const { reject } of this.#pending.values()) reject(this.#death);
    this.#pending.clear();
  }
}
