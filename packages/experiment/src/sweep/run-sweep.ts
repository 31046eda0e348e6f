import type { ExecutorCreateOptions, Registry } from '@limaml/plugin';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { sweepFruitless } from '../errors.js';
import { writeJson } from '../files.js';
import { prepareRegistry, type JobRunner } from '../run/job-runner.js';
import { serialiseSpec, type ExperimentResults } from '../run/results.js';
import { runExperiment, startRunners, type ExperimentEvent } from '../run/run-experiment.js';
import type { ExperimentSpec } from '../spec/schema.js';
import { without } from '../without.js';
import type { SweepSpec } from './schema.js';
import { createSearch, type Search, type SearchEvent } from './search.js';
import { assembleSweep, type SweepResults } from './sweep-results.js';
import { openTrialLog, type TrainedTrial, type TrialLog } from './trial-log.js';
import { listTrials, trialsExperiment, type Trial } from './trials.js';

/** Options of {@link runSweep}. */
export interface RunSweepOptions {
  /** Folder for the trials, and in `winner/` for the experiment with the best one. */
  readonly out: string;
  /** Folder or file of each dataset, by name. */
  readonly data?: Readonly<Record<string, string>>;
  /** What to do with an earlier sweep in `out`. `'refuse'`, the default, is an error when there is one. */
  readonly existing?: 'refuse' | 'resume' | 'overwrite';
  /** Name of a registered executor. Default: the first one. */
  readonly executor?: string;
  /** Options of the executor beside its worker threads. Default: none. */
  readonly executorOptions?: Omit<ExecutorCreateOptions, 'workers'>;
  /** Trials trained at once, each in a process of its own; 1, the default, trains them in this process. */
  readonly jobs?: number;
  /**
   * Starts a worker, as for `runExperiment`. Its experiment is the one of `spec.json` in the folder that it is given,
   * with the plugins of the sweep's.
   */
  readonly spawnWorker?: (out: string) => ChildProcess;
  /** Stops after the steps in progress, with checkpoints; see `existing: 'resume'`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: SweepEvent) => void;
}

/** What a sweep tells: first of its trials, then of the experiment with the best one. */
export type SweepEvent =
  | SearchEvent
  | { readonly kind: 'trials'; readonly event: ExperimentEvent }
  | { readonly kind: 'winner'; readonly event: ExperimentEvent };

/**
 * Searches for the best settings of a model, and tests them. Trials are trained on the training tasks of the
 * experiment's first seed and compared by the monitored metric of its validation tasks. Test tasks are scored at the
 * end only, by the best trial, trained anew with every seed of the experiment.
 *
 * Writes `trials.jsonl` (what was trained so far, line by line), `runs/trial-<n>` (checkpoints), `winner/` (the
 * experiment with the best trial) and `sweep.json` into `out`. A sweep that was stopped or killed goes on with
 * `existing: 'resume'`.
 *
 * @throws LIMAML_ERR_EXPERIMENT_INTERRUPTED when the signal stopped it
 * @throws LIMAML_ERR_EXPERIMENT_OUT_EXISTS, …_SWEEP_FOREIGN when there is another sweep in `out`
 * @throws LIMAML_ERR_EXPERIMENT_SWEEP_FRUITLESS when no trial came to a value; what training throws
 *
 * @example
 * ```ts
 * const { best } = await runSweep(sweep, registry, { out: 'out', jobs: 1 });
 * console.log(best.entry);
 * ```
 */
export async function runSweep(
  sweep: SweepSpec,
  registry: Registry,
  options: RunSweepOptions,
): Promise<SweepResults> {
  const started = performance.now();
  const trials = listTrials(sweep);
  const spec = trialsExperiment(sweep, trials);
  prepareRegistry(spec, registry, options.executor);
  const log = await openTrialLog(sweep, options.out, options.existing ?? 'refuse');
  await writeJson(join(options.out, 'spec.json'), serialiseSpec(spec));
  const best = await searchTrials({ sweep, trials, spec, log }, registry, options);
  const winner = winnerSpec(sweep, trials[best.trial - 1]!);
  const tested = await testWinner(winner, registry, options);
  const monitor = registry.get('metric', winner.models[0]!.training.monitor);
  const seconds = (performance.now() - started) / 1000;
  const results = assembleSweep({ sweep, trials, log, best, winner, tested, monitor, seconds });
  await writeJson(join(options.out, 'sweep.json'), results);
  return results;
}

/** A sweep on its way. */
interface Plan {
  readonly sweep: SweepSpec;
  readonly trials: readonly Trial[];
  readonly spec: ExperimentSpec;
  readonly log: TrialLog;
}

/** Trains trials until there is nothing left. After a failure the others are asked to stop. */
async function searchTrials(
  { sweep, trials, spec, log }: Plan,
  registry: Registry,
  options: RunSweepOptions,
): Promise<TrainedTrial> {
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, ...(options.signal ? [options.signal] : [])]);
  const { onProgress } = options;
  const search = createSearch({ sweep, trials, registry, log, signal, onProgress });
  const runners = startRunners(spec, registry, trialOptions(options), signal);
  await Promise.all(runners.map((runner) => drain(search, runner, failure)));
  await Promise.all(runners.map((runner) => runner.dispose()));
  failure.signal.throwIfAborted();
  const best = search.best();
  if (best === undefined) throw sweepFruitless(log.trained.length);
  return best;
}

function drain(search: Search, runner: JobRunner, failure: AbortController): Promise<void> {
  return search.drain(runner).catch((error: unknown) => {
    failure.abort(error);
  });
}

/** Trials always go on from their checkpoints: that is how they come from rung to rung. */
function trialOptions(options: RunSweepOptions): Parameters<typeof startRunners>[2] {
  const { onProgress, spawnWorker, out } = options;
  return {
    ...without(options, 'onProgress', 'spawnWorker'),
    existing: 'resume',
    ...(spawnWorker && { spawnWorker: () => spawnWorker(out) }),
    onProgress: (event) => onProgress?.({ kind: 'trials', event }),
  };
}

/** The experiment with the best trial in the place of the model, and nothing beside it. */
function winnerSpec({ experiment, model }: SweepSpec, { entry }: Trial): ExperimentSpec {
  const base = experiment.models.find(({ name }) => name === model)!;
  const { reportPrior } = base;
  const winner = {
    ...without(entry, 'reportPrior'),
    name: model,
    ...(reportPrior !== undefined && { reportPrior }),
  };
  return { ...without(experiment, 'variants'), models: [winner], baselines: [] };
}

function testWinner(
  spec: ExperimentSpec,
  registry: Registry,
  options: RunSweepOptions,
): Promise<ExperimentResults> {
  const { onProgress, spawnWorker } = options;
  const out = join(options.out, 'winner');
  return runExperiment(spec, registry, {
    ...without(options, 'onProgress', 'spawnWorker'),
    ...{ out, existing: 'resume' },
    ...(spawnWorker && { spawnWorker: () => spawnWorker(out) }),
    onProgress: (event) => onProgress?.({ kind: 'winner', event }),
  });
}
