import { trainingInterrupted } from '../errors.js';
import type { Job } from './job.js';
import type { JobRunner } from './job-runner.js';
import type { JobResult } from './protocol.js';

/** What a queue tells. */
export interface QueueEvent {
  readonly kind: 'job-started' | 'job-finished';
  readonly job: Job;
  /** Jobs finished so far, of how many. */
  readonly finished: number;
  readonly total: number;
}

/** Jobs for several runners. */
export interface JobQueue {
  /** Has a runner work until there is nothing left or one of its jobs fails. */
  drain(runner: JobRunner): Promise<void>;
  /** By job, in the order of the jobs. */
  readonly results: JobResult[];
}

/** @param signal no job is begun after it */
export function createJobQueue(
  jobs: readonly Job[],
  signal: AbortSignal,
  onProgress?: (event: QueueEvent) => void,
): JobQueue {
  const results: JobResult[] = [];
  let [next, finished] = [0, 0];
  const tell = (kind: QueueEvent['kind'], job: Job): void =>
    onProgress?.({ kind, job, finished, total: jobs.length });
  return {
    results,
    async drain(runner) {
      while (next < jobs.length) {
        const index = next++;
        const job = jobs[index]!;
        if (signal.aborted) throw trainingInterrupted(job.name, job.seed);
        tell('job-started', job);
        results[index] = await runner.run(job);
        finished++;
        tell('job-finished', job);
      }
    },
  };
}
