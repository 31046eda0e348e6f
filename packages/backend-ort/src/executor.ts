import type { CompileOptions, Executable, Program } from '@limaml/graph';
import { readOnnx } from '@limaml/onnx';
import type { InferenceSession } from 'onnxruntime-node';
import { createCompiler, type CompiledProgram, type Compiler } from './cache/compiler.js';
import { disposed, invalidThreads, invalidWorkers, sessionFailed } from './errors.js';
import { OrtExecutable } from './executable.js';
import type { ExecutorSetup, OrtExecutor, OrtExecutorOptions } from './ort-executor.js';
import { PooledExecutor } from './pool/pooled-executor.js';
import { chooseProvider } from './provider.js';
import { loadRuntime } from './runtime.js';
import type { Runtime } from './runtime.js';

type SessionOptions = InferenceSession.SessionOptions;

/**
 * Makes an executor on onnxruntime-node, which must be installed beside this package.
 *
 * Without `workers` a run is synchronous on the thread that calls it: the promise settles after the
 * computation, which blocks the event loop meanwhile. With `workers` runs go to the threads in the order
 * of the calls; what is more than two for each waits. Feeds and buffers in a `SharedArrayBuffer` then reach the
 * threads as they are, others are copied. Results are the same bits in every run on one machine.
 *
 * Of the `executionProviders` the first is used that runs a small program correctly on this machine.
 *
 * @throws LIMAML_ERR_ORT_NOT_INSTALLED, LIMAML_ERR_ORT_NATIVE_LIBRARY when the runtime is not there
 * @throws LIMAML_ERR_ORT_NO_PROVIDER when none of the `executionProviders` works, with the reasons
 * @throws LIMAML_ERR_ORT_UNKNOWN_PROVIDER, LIMAML_ERR_ORT_INVALID_THREADS, LIMAML_ERR_ORT_INVALID_WORKERS
 *   for wrong options
 * @example
 * ```ts
 * const executor = await createOrtExecutor({ executionProviders: ['cuda', 'cpu'] });
 * console.log(executor.reason); // ONNX Runtime on cpu, because cuda does not work: …
 * const relu6 = await executor.compile(program);
 * const { y } = await relu6.run({ x: { dtype: 'float32', shape: [2], data: new Float32Array([-1, 9]) } });
 * await executor.dispose();
 * ```
 */
export async function createOrtExecutor({
  threads = 1,
  workers,
  executionProviders = ['cpu'],
  cache,
  graphOptimizationLevel = 'all',
}: OrtExecutorOptions = {}): Promise<OrtExecutor> {
  if (!isCount(threads)) throw invalidThreads(threads);
  if (workers !== undefined && !isCount(workers)) throw invalidWorkers(workers);
  const runtime = await loadRuntime();
  const choice = await chooseProvider(executionProviders, runtime, workers);
  const options: SessionOptions = {
    executionProviders: [choice.provider],
    graphOptimizationLevel,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Warnings are about ONNX Runtime's own choices; errors are thrown.
    logSeverityLevel: 4,
  };
  const setup = { options, compiler: createCompiler(runtime, options, cache), ...choice };
  return workers === undefined
    ? new OnnxRuntimeExecutor(runtime, setup)
    : new PooledExecutor(workers, setup);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

class OnnxRuntimeExecutor implements OrtExecutor {
  readonly name = 'ort';
  readonly provider: string;
  readonly reason: string;
  readonly #runtime: Runtime;
  readonly #options: SessionOptions;
  readonly #compiler: Compiler;
  readonly #executables = new Set<Executable>();
  #disposed = false;

  constructor(runtime: Runtime, { options, compiler, provider, reason }: ExecutorSetup) {
    this.provider = provider;
    this.reason = reason;
    this.#runtime = runtime;
    this.#options = options;
    this.#compiler = compiler;
  }

  async compile(program: Program, { name = 'program' }: CompileOptions = {}): Promise<Executable> {
    if (this.#disposed) throw disposed('The executor');
    return this.#open(await this.#compiler(program, name), name);
  }

  async load(model: Uint8Array, { name = 'model' }: CompileOptions = {}): Promise<Executable> {
    if (this.#disposed) throw disposed('The executor');
    return this.#open({ model, options: this.#options, cached: false }, name);
  }

  async #open(compiled: CompiledProgram, name: string): Promise<Executable> {
    const { inputs, outputs } = readOnnx(compiled.model);
    const session = await this.#createSession(compiled, name);
    const { cached } = compiled;
    const onRelease = () => this.#executables.delete(executable);
    const loaded = { name, session, inputs, outputs, cached, onRelease };
    const executable = new OrtExecutable(loaded, this.#runtime);
    this.#executables.add(executable);
    return executable;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all([...this.#executables].map((executable) => executable.dispose()));
  }

  async #createSession(
    { model, options }: CompiledProgram,
    name: string,
  ): Promise<InferenceSession> {
    try {
      return await this.#runtime.InferenceSession.create(model, options);
    } catch (error) {
      throw sessionFailed(name, this.provider, error);
    }
  }
}
