import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Arguments of a worker process. */
export interface WorkerArguments {
  /** Path of the experiment spec. */
  readonly spec: string;
  readonly seeds: readonly number[];
  /** Worker threads of each model. Default: what the spec says. */
  readonly workers?: number;
}

/** Makes a function that starts a worker process for `limaml experiment --jobs`. */
export function workerSpawner(args: WorkerArguments, cwd: string): () => ChildProcess {
  const script = fileURLToPath(new URL('./experiment-worker.js', import.meta.url));
  return () => fork(script, [JSON.stringify(args)], { cwd, serialization: 'advanced' });
}
