import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Arguments of a worker process. */
export interface WorkerArguments {
  /** Path of the experiment spec or sweep, for its plugins. */
  readonly file: string;
  /** Folder whose `spec.json` says what is run. */
  readonly out: string;
}

/** Makes a function that starts a worker process for the experiment in a folder. */
export function workerSpawner(file: string, cwd: string): (out: string) => ChildProcess {
  const script = fileURLToPath(new URL('./experiment-worker.js', import.meta.url));
  return (out) => {
    const args: WorkerArguments = { file, out };
    return fork(script, [JSON.stringify(args)], { cwd, serialization: 'advanced' });
  };
}
