import { optimize } from '@limaml/graph';
import type { CompileOptions, Executable, Program } from '@limaml/graph';
import { readOnnx, toOnnx } from '@limaml/onnx';
import type { InferenceSession } from 'onnxruntime-node';
import { disposed, invalidThreads, invalidWorkers, sessionFailed } from './errors.js';
import { OrtExecutable } from './executable.js';
import type { OrtExecutor, OrtExecutorOptions } from './ort-executor.js';
import { PooledExecutor } from './pool/pooled-executor.js';
import { chooseProvider, type ProviderChoice } from './provider.js';
import { loadRuntime } from './runtime.js';
import type { Runtime } from './runtime.js';

/**
 * Makes an executor on onnxruntime-node, which must be installed beside this package.
 *
 * Without `workers` a run is synchronous on the thread that calls it: the promise settles after the
 * computation, which blocks the event loop meanwhile. With `workers` runs go to the threads in the order
 * of the calls; more runs than threads wait. Feeds and buffers in a `SharedArrayBuffer` then reach the
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
  graphOptimizationLevel = 'all',
}: OrtExecutorOptions = {}): Promise<OrtExecutor> {
  if (!isCount(threads)) throw invalidThreads(threads);
  if (workers !== undefined && !isCount(workers)) throw invalidWorkers(workers);
  const runtime = await loadRuntime();
  const choice = await chooseProvider(executionProviders, runtime);
  const options: InferenceSession.SessionOptions = {
    executionProviders: [choice.provider],
    graphOptimizationLevel,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Warnings are about ONNX Runtime's own choices; errors are thrown.
    logSeverityLevel: 4,
  };
  return workers === undefined
    ? new OnnxRuntimeExecutor(runtime, options, choice)
    : new PooledExecutor(workers, options, choice);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

class OnnxRuntimeExecutor implements OrtExecutor {
  readonly name = 'ort';
  readonly provider: string;
  readonly reason: string;
  readonly #runtime: Runtime;
  readonly #options: InferenceSession.SessionOptions;
  readonly #executables = new Set<Executable>();
  #disposed = false;

  constructor(
    runtime: Runtime,
    options: InferenceSession.SessionOptions,
    { provider, reason }: ProviderChoice,
  ) {
    this.provider = provider;
    this.reason = reason;
    this.#runtime = runtime;
    this.#options = options;
  }

  async compile(program: Program, { name = 'program' }: CompileOptions = {}): Promise<Executable> {
    return this.load(toOnnx(optimize(program), { name }), { name });
  }

  async load(model: Uint8Array, { name = 'model' }: CompileOptions = {}): Promise<Executable> {
    if (this.#disposed) throw disposed('The executor');
    const { inputs, outputs } = readOnnx(model);
    const session = await this.#createSession(model, name);
    const onRelease = () => this.#executables.delete(executable);
    const executable = new OrtExecutable(
      { name, session, inputs, outputs, onRelease },
      this.#runtime,
    );
    this.#executables.add(executable);
    return executable;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all([...this.#executables].map((executable) => executable.dispose()));
  }

  async #createSession(model: Uint8Array, name: string): Promise<InferenceSession> {
    try {
      return await this.#runtime.InferenceSession.create(model, this.#options);
    } catch (error) {
      const providers = this.#options.executionProviders ?? [];
      throw sessionFailed(name, providers.map(String), error);
    }
  }
}
