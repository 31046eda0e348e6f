import type { Executor } from '@limaml/graph';
import type { PluginBase } from './plugin.js';

/** Makes executors. Run `testExecutorPlugin` of `@limaml/plugin/testing` on an implementation. */
export interface ExecutorPlugin extends PluginBase<'executor'> {
  /**
   * Makes an executor, which its caller disposes of.
   *
   * @throws a coded error when what it needs is not installed, or no execution provider works
   */
  create(options?: ExecutorCreateOptions): Promise<Executor>;
}

/** What an application may ask of an executor. */
export interface ExecutorCreateOptions {
  /**
   * Worker threads to compute in, above 1; `Executor.workers` tells whether the executor has them. Left
   * out: compute in the calling thread.
   */
  readonly workers?: number;
  /**
   * Where to compute, by preference, e.g. `['cuda', 'cpu']`: the first that works is used, and
   * `Executor.reason` says which. Executors without a choice ignore it. Default: the executor's own.
   */
  readonly executionProviders?: readonly string[];
  /**
   * Folder to keep compiled programs in; `Executable.cached` tells whether one was found there. Executors
   * without a cache ignore it. Default: none.
   */
  readonly cache?: string;
}

declare module './plugin.js' {
  interface PluginKinds {
    executor: ExecutorPlugin;
  }
}
