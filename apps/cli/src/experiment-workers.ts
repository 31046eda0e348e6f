import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Arguments of a worker process. */
export interface WorkerArguments {
  /** Path of the experiment spec. */
  readonly spec: string;
  readonly seeds: readonly number[];
}

/** Makes a function that starts a worker for `limaml experiment --jobs`. */
export function workerSpawner(
  spec: string,
  seeds: readonly number[],
  cwd: string,
): () => ChildProcess {
  const script = fileURLToPath(new URL('./experiment-worker.js', import.meta.url));
  const args: WorkerArguments = { spec, seeds };
  return () => fork(script, [JSON.stringify(args)], { cwd, serialization: 'advanced' });
}
