import type { CompileOptions, Executable, Executor } from '@limaml/graph';
import type { InferenceSession } from 'onnxruntime-node';
import type { Compiler } from './cache/compiler.js';
import type { ProviderChoice } from './provider.js';

/** Options of `createOrtExecutor`. */
export interface OrtExecutorOptions {
  /**
   * Threads that one operator may use. Default 1: the matrices of a meta-step are small, and more
   * threads run slower as soon as a core is busy with something else. To use several cores, give
   * `workers`.
   */
  readonly threads?: number;
  /**
   * Worker threads, each with its own session of every program: as many runs are computed at once, and
   * the calling thread stays free. Default: runs are computed in the calling thread.
   */
  readonly workers?: number;
  /**
   * Where to run, by preference: `'cpu'`, `'cuda'`, `'webgpu'`… The first that works on this machine is
   * used, so `['cuda', 'cpu']` takes the processor where there is no GPU. Operators that it lacks are
   * computed on the processor. Default `['cpu']`.
   */
  readonly executionProviders?: readonly string[];
  /**
   * Folder to keep compiled programs in: one that was compiled before, with the same versions, options
   * and processor, is read from there, which takes a sixth to an eighth of the time. `Executable.cached` tells. Several
   * processes may share it. Only give a folder that nobody else can write to. Default: none.
   */
  readonly cache?: string;
  /** How far ONNX Runtime rewrites a graph before the first run. Default `'all'`. */
  readonly graphOptimizationLevel?: 'disabled' | 'basic' | 'extended' | 'all';
}

/** Runs programs and ONNX files on ONNX Runtime. */
export interface OrtExecutor extends Executor {
  readonly name: 'ort';
  /** The execution provider that programs run on. */
  readonly provider: string;
  /** Why this one: for each that comes before it in `executionProviders`, what keeps it from working. */
  readonly reason: string;
  /**
   * Prepares an ONNX model for repeated runs.
   *
   * @param model the content of an `.onnx` file, of any producer
   * @throws LIMAML_ERR_ONNX_CORRUPT, LIMAML_ERR_ONNX_UNSUPPORTED_PORT when it cannot be read
   * @throws LIMAML_ERR_ORT_SESSION_FAILED when ONNX Runtime refuses it
   */
  load(model: Uint8Array, options?: CompileOptions): Promise<Executable>;
  dispose(): Promise<void>;
}

/** What an executor is made from. */
export interface ExecutorSetup extends ProviderChoice {
  readonly options: InferenceSession.SessionOptions;
  readonly compiler: Compiler;
}
