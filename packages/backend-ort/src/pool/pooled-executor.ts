import type { CompileOptions, Executable, Program } from '@limaml/graph';
import { isLimamlError } from '@limaml/errors';
import { readOnnx } from '@limaml/onnx';
import type { InferenceSession } from 'onnxruntime-node';
import type { CompiledProgram, Compiler } from '../cache/compiler.js';
import { disposed, sessionFailed } from '../errors.js';
import type { ExecutorSetup, OrtExecutor } from '../ort-executor.js';
import { WorkerPool } from './pool.js';
import { PooledExecutable } from './pooled-executable.js';

/** Runs programs in worker threads. */
export class PooledExecutor implements OrtExecutor {
  readonly name = 'ort';
  readonly workers: number;
  readonly provider: string;
  readonly reason: string;
  readonly #options: InferenceSession.SessionOptions;
  readonly #compiler: Compiler;
  readonly #pool: WorkerPool;
  readonly #executables = new Set<Executable>();
  #programs = 0;
  #closed: Promise<void> | undefined;

  constructor(workers: number, { options, compiler, provider, reason }: ExecutorSetup) {
    this.workers = workers;
    this.provider = provider;
    this.reason = reason;
    this.#options = options;
    this.#compiler = compiler;
    this.#pool = new WorkerPool(workers);
  }

  async compile(program: Program, { name = 'program' }: CompileOptions = {}): Promise<Executable> {
    if (this.#closed) throw disposed('The executor');
    return this.#open(await this.#compiler(program, name), name);
  }

  async load(model: Uint8Array, { name = 'model' }: CompileOptions = {}): Promise<Executable> {
    if (this.#closed) throw disposed('The executor');
    return this.#open({ model, options: this.#options, cached: false }, name);
  }

  async #open(compiled: CompiledProgram, name: string): Promise<Executable> {
    const { inputs, outputs } = readOnnx(compiled.model);
    const program = this.#programs++;
    await this.#createSessions(program, compiled, name);
    const onRelease = () => this.#executables.delete(executable);
    const model = { name, program, inputs, outputs, cached: compiled.cached, onRelease };
    const executable = new PooledExecutable(model, this.#pool);
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

  async #createSessions(
    program: number,
    { model, options }: CompiledProgram,
    name: string,
  ): Promise<void> {
    try {
      await this.#pool.all({ kind: 'load', program, model, options });
    } catch (error) {
      if (isLimamlError(error)) throw error;
      throw sessionFailed(name, this.provider, error);
    }
  }
}
