import { optimize } from '@limaml/graph';
import type { CompileOptions, Executable, Program } from '@limaml/graph';
import { isLimamlError } from '@limaml/errors';
import { readOnnx, toOnnx } from '@limaml/onnx';
import type { InferenceSession } from 'onnxruntime-node';
import { disposed, sessionFailed } from '../errors.js';
import type { OrtExecutor } from '../ort-executor.js';
import type { ProviderChoice } from '../provider.js';
import { WorkerPool } from './pool.js';
import { PooledExecutable } from './pooled-executable.js';

/** Runs programs in worker threads. */
export class PooledExecutor implements OrtExecutor {
  readonly name = 'ort';
  readonly workers: number;
  readonly provider: string;
  readonly reason: string;
  readonly #options: InferenceSession.SessionOptions;
  readonly #pool: WorkerPool;
  readonly #executables = new Set<Executable>();
  #programs = 0;
  #closed: Promise<void> | undefined;

  constructor(
    workers: number,
    options: InferenceSession.SessionOptions,
    { provider, reason }: ProviderChoice,
  ) {
    this.workers = workers;
    this.provider = provider;
    this.reason = reason;
    this.#options = options;
    this.#pool = new WorkerPool(workers);
  }

  async compile(program: Program, { name = 'program' }: CompileOptions = {}): Promise<Executable> {
    return this.load(toOnnx(optimize(program), { name }), { name });
  }

  async load(model: Uint8Array, { name = 'model' }: CompileOptions = {}): Promise<Executable> {
    if (this.#closed) throw disposed('The executor');
    const { inputs, outputs } = readOnnx(model);
    const program = this.#programs++;
    await this.#createSessions(program, model, name);
    const onRelease = () => this.#executables.delete(executable);
    const ports = { inputs, outputs };
    const executable = new PooledExecutable({ name, program, ...ports, onRelease }, this.#pool);
    this.#executables.add(executable);
    return executable;
  }

  dispose(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#executables].map((executable) => executable.dispose()));
    await this.#pool.close();
  }

  async #createSessions(program: number, model: Uint8Array, name: string): Promise<void> {
    try {
      await this.#pool.all({ kind: 'load', program, model, options: this.#options });
    } catch (error) {
      if (isLimamlError(error)) throw error;
      const providers = this.#options.executionProviders ?? [];
      throw sessionFailed(name, providers.map(String), error);
    }
  }
}
