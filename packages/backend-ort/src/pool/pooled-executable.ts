import { PortCheck } from '@limaml/graph';
import type { Executable, TensorData, TensorMap, TensorSpec } from '@limaml/graph';
import { isLimamlError } from '@limaml/errors';
import { disposed, runFailed } from '../errors.js';
import type { WorkerPool } from './pool.js';

/** What a {@link PooledExecutable} is made from. */
export interface PooledModel {
  readonly name: string;
  /** Its number in the pool. */
  readonly program: number;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  readonly cached: boolean;
  /** Told when the sessions have been released. */
  readonly onRelease: () => void;
}

/** A program that every thread of a pool has a session of. */
export class PooledExecutable implements Executable {
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  readonly cached: boolean;
  readonly #model: PooledModel;
  readonly #pool: WorkerPool;
  readonly #check: PortCheck;
  readonly #running = new Set<Promise<unknown>>();
  #released: Promise<void> | undefined;

  constructor(model: PooledModel, pool: WorkerPool) {
    this.#model = model;
    this.#pool = pool;
    this.inputs = model.inputs;
    this.outputs = model.outputs;
    this.cached = model.cached;
    this.#check = new PortCheck(model.name, model.inputs, model.outputs);
  }

  async run(feeds: TensorMap, into: TensorMap = {}): Promise<TensorMap> {
    const { name, program } = this.#model;
    if (this.#released) throw disposed(`Program ${JSON.stringify(name)}`);
    this.#check.check(feeds, into);
    const task = { kind: 'run', program, feeds, into: onlyShared(into) } as const;
    const made = await this.#track(this.#pool.run(task));
    return this.#outputs(made, into);
  }

  dispose(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  /** Runs that have begun still finish. */
  async #release(): Promise<void> {
    await Promise.allSettled(this.#running);
    // A thread that died took its session with it.
    await this.#pool.all({ kind: 'release', program: this.#model.program }).catch(() => undefined);
    this.#model.onRelease();
  }

  async #track(run: Promise<TensorMap>): Promise<TensorMap> {
    this.#running.add(run);
    try {
      return await run;
    } catch (error) {
      throw isLimamlError(error) ? error : runFailed(this.#model.name, error);
    } finally {
      this.#running.delete(run);
    }
  }

  #outputs(made: TensorMap, into: TensorMap): TensorMap {
    const outputs: Record<string, TensorData> = {};
    for (const name in this.outputs) {
      if (into[name] && made[name]) into[name].data.set(made[name].data);
      outputs[name] = into[name] ?? made[name]!;
    }
    return outputs;
  }
}

/** Other buffers would only be copied to the thread. */
function onlyShared(into: TensorMap): TensorMap {
  return Object.fromEntries(
    Object.entries(into).filter(([, { data }]) => data.buffer instanceof SharedArrayBuffer),
  );
}
