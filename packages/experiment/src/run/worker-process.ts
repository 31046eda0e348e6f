import type { ChildProcess } from 'node:child_process';
import { trainingInterrupted, workerDied } from '../errors.js';
import type { TrainingEvent } from '../training/training-setup.js';
import type { Job } from './job.js';
import type { JobRunner } from './job-runner.js';
import {
  unpackError,
  type JobResult,
  type WorkerReply,
  type WorkerRequest,
  type WorkerSetup,
} from './protocol.js';

/** Options of {@link WorkerProcess}. */
export interface WorkerOptions {
  readonly setup: WorkerSetup;
  /** Asks the worker to save a checkpoint and end its job. */
  readonly signal: AbortSignal;
  readonly onTraining?: ((job: Job, event: TrainingEvent) => void) | undefined;
}

/** The job in progress, and how its promise is settled. */
interface PendingJob {
  readonly job: Job;
  readonly resolve: (result: JobResult) => void;
  readonly reject: (error: Error) => void;
}

/** How long a worker may take to close after it was asked to, in milliseconds. */
const CLOSING_TIME = 5000;

/** A process that runs jobs, one after the other. When it dies, its job fails. */
export class WorkerProcess implements JobRunner {
  readonly #child: ChildProcess;
  readonly #options: WorkerOptions;
  readonly #exited: Promise<void>;
  #waiting: WorkerRequest[] | undefined;
  #job: PendingJob | undefined;
  #death: string | undefined;

  /** @param child a process with an IPC channel that calls `serveExperimentWorker` */
  constructor(child: ChildProcess, options: WorkerOptions) {
    this.#child = child;
    this.#options = options;
    this.#waiting = [{ kind: 'setup', setup: options.setup }];
    child.on('message', (reply) => {
      this.#receive(reply as WorkerReply);
    });
    this.#exited = new Promise((resolve) => {
      const onEnd = (how: string): void => {
        this.#die(how);
        resolve();
      };
      child.once('exit', (code, signal) => {
        onEnd(signal === null ? `exit code ${code ?? 0}` : `signal ${signal}`);
      });
      child.once('error', ({ message }) => {
        onEnd(message);
      });
    });
    options.signal.addEventListener('abort', this.#stop);
  }

  run(job: Job): Promise<JobResult> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) {
        reject(this.#endOf(job, this.#death));
        return;
      }
      this.#job = { job, resolve, reject };
      this.#send({ kind: 'run', job });
    });
  }

  async dispose(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#stop);
    if (this.#death !== undefined) return;
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), CLOSING_TIME);
    await this.#exited;
    clearTimeout(timer);
  }

  readonly #stop = (): void => {
    this.#send({ kind: 'stop' });
  };

  /** Requests wait until the process listens. */
  #send(request: WorkerRequest): void {
    if (this.#waiting !== undefined) this.#waiting.push(request);
    else if (this.#child.connected) this.#child.send(request);
  }

  #receive(reply: WorkerReply): void {
    switch (reply.kind) {
      case 'ready': {
        const waiting = this.#waiting ?? [];
        this.#waiting = undefined;
        for (const request of waiting) this.#send(request);
        return;
      }
      case 'training':
        this.#options.onTraining?.(reply.job, reply.event);
        return;
      case 'done':
        this.#job?.resolve(reply.result);
        return;
      case 'failed':
        this.#job?.reject(unpackError(reply.error));
    }
  }

  #die(how: string): void {
    this.#death ??= how;
    if (this.#job === undefined) return;
    const { job, reject } = this.#job;
    reject(this.#endOf(job, how));
  }

  /** Ctrl-C reaches a worker too; one that is just starting does not listen yet and ends. */
  #endOf({ name, seed }: Job, how: string): Error {
    if (this.#options.signal.aborted) return trainingInterrupted(name, seed);
    return workerDied(`${name}, seed ${seed}`, how);
  }
}
