import type { DType, DTypeArrays } from './dtype.js';
import type { Program } from './program.js';
import type { TensorSpec } from './shape.js';

/** A concrete tensor: row-major data with a numeric shape. */
export type TensorData<D extends DType = DType> = {
  [K in D]: { readonly dtype: K; readonly shape: readonly number[]; readonly data: DTypeArrays[K] };
}[D];

/** Concrete tensors by name: what an executor is fed and what it returns. */
export type TensorMap = Readonly<Record<string, TensorData>>;

/** Options of {@link Executor.compile}. */
export interface CompileOptions {
  /** Name used in profiles and error messages. Default: `'program'`. */
  readonly name?: string;
}

/** Runs programs. Every executor is tested against `interpret`. */
export interface Executor {
  /** Short name, e.g. `'ort'`. */
  readonly name: string;
  /**
   * Runs that are computed at once, in worker threads. Feeds and buffers in a `SharedArrayBuffer` reach
   * the threads without copies. Absent: a run is computed in the calling thread, one at a time.
   */
  readonly workers?: number;
  /** Where it computes and why there, for people to read. Absent: there is only one place. */
  readonly reason?: string;
  /** Prepares a program for repeated runs. */
  compile(program: Program, options?: CompileOptions): Promise<Executable>;
  /** Releases everything the executor holds, its executables included. */
  dispose?(): Promise<void>;
}

/** A compiled program. */
export interface Executable {
  /** Inputs by name; every one must be fed. */
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  /** Outputs by name. */
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  /** Whether it was compiled before and read from a cache. Absent: the executor has none. */
  readonly cached?: boolean;
  /**
   * Runs the program once.
   * @param feeds one tensor per input; buffers may be reused after the promise settles
   * @param into preallocated outputs to fill (any subset); the others are allocated
   */
  run(feeds: TensorMap, into?: TensorMap): Promise<TensorMap>;
  /** Releases native memory. Running afterwards is an error; disposing twice is not. */
  dispose(): Promise<void>;
}
