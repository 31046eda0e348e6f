import type { ExecutorCreateOptions, Registry } from '@limaml/plugin';
import type { ChildProcess } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { outExists, workersUnavailable } from '../errors.js';
import { writeJson } from '../files.js';
import { readSlates } from '../freshness/replay-files.js';
import { onlineResults, type OnlineResults } from '../freshness/ranking-results.js';
import type { ExperimentSpec } from '../spec/schema.js';
import type { TrainingEvent } from '../training/training-setup.js';
import type { Job } from './job.js';
import { describeEnvironment } from './environment.js';
import { createJobQueue, type QueueEvent } from './job-queue.js';
import { createJobRunner, listJobs, prepareRegistry, type JobRunner } from './job-runner.js';
import type { JobResult } from './protocol.js';
import {
  assembleResults,
  serialiseSpec,
  summariseRecords,
  type ExperimentResults,
  type ModelResults,
} from './results.js';
import { compareToFirst, type Significance } from './significance.js';
import { runFiles, runFolder } from './run-record.js';
import { WorkerProcess } from './worker-process.js';

/** Options of {@link runExperiment}. */
export interface RunExperimentOptions {
  /** Folder for results and runs. */
  readonly out: string;
  /** Folder or file of each dataset, by name. */
  readonly data?: Readonly<Record<string, string>>;
  /** What to do with earlier runs in `out`. `'refuse'`, the default, is an error when there are any. */
  readonly existing?: 'refuse' | 'resume' | 'overwrite';
  /** Name of a registered executor. Default: the first one. */
  readonly executor?: string;
  /** Options of the executor beside its worker threads, e.g. `executionProviders`. Default: none. */
  readonly executorOptions?: Omit<ExecutorCreateOptions, 'workers'>;
  /** Jobs run at once, each in a process of its own; 1, the default, runs them in this process. */
  readonly jobs?: number;
  /**
   * Starts a worker: forks a process (`fork(…, { serialization: 'advanced' })`) that makes the same spec
   * and plugins and calls `serveExperimentWorker`. Needed when `jobs` is above 1.
   */
  readonly spawnWorker?: () => ChildProcess;
  /** Stops after the steps in progress, with checkpoints; see `existing: 'resume'`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: ExperimentEvent) => void;
}

/** What an experiment tells while it goes on. */
export type ExperimentEvent =
  /** Share of the dataset read, 0 to 1. */
  | { readonly kind: 'data'; readonly share: number }
  | QueueEvent
  | { readonly kind: 'training'; readonly job: Job; readonly event: TrainingEvent }
  /** Share of the runs that have been resampled to compare models, 0 to 1. */
  | { readonly kind: 'comparison'; readonly share: number };

/**
 * Runs every model and baseline of a spec with every seed, and writes `results.json`, `spec.json` and one
 * folder per run into `out`.
 *
 * @throws LIMAML_ERR_EXPERIMENT_INTERRUPTED when the signal stopped it; run again with `existing: 'resume'`
 * @throws LIMAML_ERR_EXPERIMENT_OUT_EXISTS when there are runs in `out` and `existing` does not say what to do
 * @throws LIMAML_ERR_PLUGIN_UNKNOWN when the spec names what is not registered; what training throws
 *
 * @example
 * ```ts
 * const results = await runExperiment(spec, registry, { out: 'out', data: { movielens: 'ml-1m' } });
 * console.log(reportAsText(await createReport(results)));
 * ```
 */
export async function runExperiment(
  spec: ExperimentSpec,
  registry: Registry,
  options: RunExperimentOptions,
): Promise<ExperimentResults> {
  const started = performance.now();
  prepareRegistry(spec, registry, options.executor);
  await prepareFolder(spec, options);
  const results = await runJobs(spec, registry, options);
  const models = summariseRecords(results.flatMap((result) => result.records));
  const compared = await compareModels(spec, registry, models, options);
  const environment = await describeEnvironment();
  const online = await readOnline(spec, options.out);
  const seconds = (performance.now() - started) / 1000;
  const { data } = results[0]!;
  const about = { environment, seconds, ...(online && { online }) };
  const assembled = assembleResults(spec, data, models, compared, about);
  await writeJson(join(options.out, 'results.json'), assembled);
  return assembled;
}

/** Nothing is compared where there is no model first. */
async function compareModels(
  spec: ExperimentSpec,
  registry: Registry,
  models: readonly ModelResults[],
  { out, onProgress }: RunExperimentOptions,
): Promise<ReadonlyMap<string, Significance>> {
  if (models[0]?.kind !== 'model' || models.length < 2) return new Map();
  return compareToFirst({
    out,
    jobs: listJobs(spec),
    metrics: spec.metrics.map((name) => registry.get('metric', name)),
    names: models.map(({ name }) => name),
    onProgress: (share) => onProgress?.({ kind: 'comparison', share }),
  });
}

/** The simulated online test, from what every run has kept of its rankings. */
async function readOnline(spec: ExperimentSpec, out: string): Promise<OnlineResults | undefined> {
  if (spec.freshness === null) return undefined;
  const jobs = listJobs(spec);
  const files = jobs.map(({ name, seed }) => runFiles(runFolder(out, name, seed)).slates);
  const slates = await Promise.all(files.map(readSlates));
  return onlineResults(slates.flat());
}

async function prepareFolder(
  spec: ExperimentSpec,
  { out, existing }: RunExperimentOptions,
): Promise<void> {
  const used = await access(join(out, 'runs')).then(
    () => true,
    () => false,
  );
  if (used && (existing ?? 'refuse') === 'refuse') throw outExists(out);
  await writeJson(join(out, 'spec.json'), serialiseSpec(spec));
}

/** All jobs, over as many runners as may work at once. After a failure the others are asked to stop. */
async function runJobs(
  spec: ExperimentSpec,
  registry: Registry,
  options: RunExperimentOptions,
): Promise<JobResult[]> {
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, ...(options.signal ? [options.signal] : [])]);
  const runners = startRunners(spec, registry, options, signal);
  const queue = createJobQueue(listJobs(spec), signal, options.onProgress);
  const drain = (runner: JobRunner): Promise<void> =>
    queue.drain(runner).catch((error: unknown) => {
      failure.abort(error);
    });
  await Promise.all(runners.map(drain));
  await Promise.all(runners.map((runner) => runner.dispose()));
  failure.signal.throwIfAborted();
  return queue.results;
}

/** Starts what runs the jobs of a spec: processes, or this one. */
export function startRunners(
  spec: ExperimentSpec,
  registry: Registry,
  options: RunExperimentOptions,
  signal: AbortSignal,
): JobRunner[] {
  const { out, data = {}, executor, executorOptions } = options;
  const { onProgress, spawnWorker, jobs = 1 } = options;
  const setup = { out, data, executor, executorOptions, resume: options.existing === 'resume' };
  const onTraining = (job: Job, event: TrainingEvent): void => {
    onProgress?.({ kind: 'training', job, event });
  };
  if (jobs > 1) {
    if (spawnWorker === undefined) throw workersUnavailable(jobs);
    const count = Math.min(jobs, listJobs(spec).length);
    const start = (): JobRunner => new WorkerProcess(spawnWorker(), { setup, signal, onTraining });
    return Array.from({ length: count }, start);
  }
  const onData = (share: number): void => {
    onProgress?.({ kind: 'data', share });
  };
  return [createJobRunner(spec, registry, { ...setup, signal, onTraining, onProgress: onData })];
}
