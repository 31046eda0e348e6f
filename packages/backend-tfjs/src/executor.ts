import { optimize } from '@limaml/graph';
import type { CompileOptions, Executable, Executor, Program } from '@limaml/graph';
import { chooseBackend } from './choose-backend.js';
import type { BackendChoice } from './choose-backend.js';
import { disposed } from './errors.js';
import { TfjsExecutable } from './executable.js';
import type { Life } from './executable.js';
import type { ImportTfjsNode } from './load-backend.js';
import type { TfjsBackend } from './tfjs.js';

/** Options of {@link createTfjsExecutor}. */
export interface TfjsExecutorOptions {
  /**
   * Where to compute. Default `'auto'`: `'node'` (libtensorflow, through tfjs-node) when it loads, else
   * `'wasm'`, else `'cpu'` (plain JavaScript).
   */
  readonly backend?: TfjsBackend | 'auto';
  /**
   * Imports tfjs-node where it is not installed beside this package, or a package with the same exports.
   * Default: `() => import('@tensorflow/tfjs-node')`.
   */
  readonly importTfjsNode?: () => Promise<unknown>;
}

/** Runs programs on TensorFlow.js. */
export interface TfjsExecutor extends Executor {
  readonly name: `tfjs-${TfjsBackend}`;
  /** What computes. */
  readonly backend: TfjsBackend;
  /** Why this backend: for each one that would have come first, what keeps it from loading. */
  readonly reason: string;
  dispose(): Promise<void>;
}

/**
 * Makes an executor on TensorFlow.js. It computes primitive by primitive, 30 to 100 times slower than
 * ONNX Runtime, so it is for development and for comparison, not for training.
 *
 * A run is synchronous on the thread that calls it: the promise settles after the computation, which
 * blocks the event loop meanwhile.
 *
 * @throws LIMAML_ERR_TFJS_BACKEND_UNAVAILABLE when the backend that is asked for does not load
 * @throws LIMAML_ERR_TFJS_UNKNOWN_BACKEND for a name that is no backend
 * @example
 * ```ts
 * const executor = await createTfjsExecutor();
 * console.log(executor.name, executor.reason);
 * const relu6 = await executor.compile(program);
 * const { y } = await relu6.run({ x: { dtype: 'float32', shape: [2], data: new Float32Array([-1, 9]) } });
 * await executor.dispose();
 * ```
 */
export async function createTfjsExecutor({
  backend = 'auto',
  importTfjsNode = importInstalledTfjsNode,
}: TfjsExecutorOptions = {}): Promise<TfjsExecutor> {
  return new TensorFlowJsExecutor(await chooseBackend(backend, importTfjsNode));
}

const importInstalledTfjsNode: ImportTfjsNode = () => import('@tensorflow/tfjs-node');

class TensorFlowJsExecutor implements TfjsExecutor {
  readonly name: TfjsExecutor['name'];
  readonly backend: TfjsBackend;
  readonly reason: string;
  readonly #loaded: BackendChoice['backend'];
  readonly #life: Life = { isOver: false };

  constructor({ backend, reason }: BackendChoice) {
    this.name = `tfjs-${backend.kind}`;
    this.backend = backend.kind;
    this.reason = reason;
    this.#loaded = backend;
  }

  async compile(program: Program, { name = 'program' }: CompileOptions = {}): Promise<Executable> {
    if (this.#life.isOver) throw disposed('The executor');
    return new TfjsExecutable(name, optimize(program), this.#loaded, this.#life);
  }

  /** The backend stays: TensorFlow.js shares it with everything else in the process. */
  async dispose(): Promise<void> {
    this.#life.isOver = true;
  }
}
