import { isLimamlError, LimamlError, type ErrorDetails } from '@limaml/errors';
import type { ExecutorCreateOptions } from '@limaml/plugin';
import type { TrainingEvent } from '../training/training-setup.js';
import type { DataSummary } from './experiment-data.js';
import type { Job } from './job.js';
import type { RunRecord } from './run-record.js';

/** What a worker needs to know beside the spec and the plugins, which its process makes itself. */
export interface WorkerSetup {
  readonly out: string;
  readonly resume: boolean;
  readonly executor: string | undefined;
  readonly executorOptions?: Omit<ExecutorCreateOptions, 'workers'> | undefined;
  readonly data: Readonly<Record<string, string>>;
}

/** Messages to a worker. */
export type WorkerRequest =
  | { readonly kind: 'setup'; readonly setup: WorkerSetup }
  | { readonly kind: 'run'; readonly job: Job }
  | { readonly kind: 'stop' };

/** Messages from a worker. */
export type WorkerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'training'; readonly job: Job; readonly event: TrainingEvent }
  | { readonly kind: 'done'; readonly result: JobResult }
  | { readonly kind: 'failed'; readonly error: SentError };

/** The outcome of one job. */
export interface JobResult {
  readonly records: readonly RunRecord[];
  readonly data: DataSummary;
}

/** An error as a message; classes do not survive the way between processes. */
export interface SentError {
  readonly details?: Omit<ErrorDetails, 'cause'>;
  readonly message: string;
  readonly stack: string | undefined;
}

export function packError(error: unknown): SentError {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (!isLimamlError(error)) return { message, stack };
  const { code, what, where, expected, fix } = error;
  const details = { code, what, where, ...(expected && { expected }), ...(fix && { fix }) };
  return { details, message, stack };
}

/** The same coded error again; its cause carries the stack of the worker. */
export function unpackError({ details, message, stack }: SentError): Error {
  const remote = new Error(message);
  if (stack !== undefined) remote.stack = stack;
  return details === undefined ? remote : new LimamlError({ ...details, cause: remote });
}
