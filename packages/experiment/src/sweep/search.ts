import { isLimamlError } from '@limaml/errors';
import type { Registry } from '@limaml/plugin';
import { dataForeign, trainingInterrupted } from '../errors.js';
import type { DataSummary } from '../run/experiment-data.js';
import type { Job } from '../run/job.js';
import type { JobRunner } from '../run/job-runner.js';
import type { JobResult } from '../run/protocol.js';
import { createScheduler, rungEpochs, type Assignment, type Scheduler } from './scheduler.js';
import type { SweepSpec } from './schema.js';
import type { TrainedTrial, TrialLog } from './trial-log.js';
import { trialName, type Trial } from './trials.js';

/** What a search tells while it goes on. */
export type SearchEvent =
  | { readonly kind: 'trial-started'; readonly trial: number; readonly epochs: number }
  | {
      readonly kind: 'trial-trained';
      readonly trained: TrainedTrial;
      readonly best: TrainedTrial | undefined;
      /** Share of the epochs that the sweep takes at most, 0 to 1. */
      readonly share: number;
      /** Trials that were trained for a while at least, of how many. */
      readonly begun: number;
      readonly trials: number;
    };

/** The trials of a sweep being trained by several runners. */
export interface Search {
  /** Has a runner work until there is nothing left, or something fails. */
  drain(runner: JobRunner): Promise<void>;
  /** The best trial so far; undefined while none came to a value. */
  best(): TrainedTrial | undefined;
  /** The data; undefined where nothing had to be trained. */
  data(): DataSummary | undefined;
}

/** What {@link createSearch} works on. */
export interface SearchInput {
  readonly sweep: SweepSpec;
  readonly trials: readonly Trial[];
  readonly registry: Registry;
  readonly log: TrialLog;
  readonly signal: AbortSignal;
  readonly onProgress?: ((event: SearchEvent) => void) | undefined;
}

/** Errors that are what a setting came to, and no reason to end the sweep. */
const FAILURES = ['TRAINING_DIVERGED', 'PREDICTION_NON_FINITE'].map(
  (name) => `LIMAML_ERR_EXPERIMENT_${name}`,
);

/** Goes on from what the log holds: decisions depend on what was trained, in that order, and on nothing else. */
export function createSearch(input: SearchInput): Search {
  const { sweep, trials, log, signal, onProgress } = input;
  const { monitor, epochs } = trainingOf(sweep);
  const rungs = sweep.search === 'asha' ? rungEpochs(sweep.asha, epochs) : [Infinity];
  const sign = input.registry.get('metric', monitor).better === 'higher' ? 1 : -1;
  const scoreOf = ({ value }: TrainedTrial): number => (value === null ? -Infinity : sign * value);
  const scheduler = createScheduler({
    trials: trials.length,
    rungs: rungs.length,
    reduction: sweep.asha.reduction,
  });
  for (const trained of log.trained) scheduler.report(trained, scoreOf(trained));
  const turns = createTurns(scheduler);
  const work = createWork(rungs, trials.length, sweep.asha.reduction);
  const best = (): TrainedTrial | undefined => bestOf(log.trained, scoreOf);
  let data: DataSummary | undefined;

  const trainOne = async (runner: JobRunner, assignment: Assignment): Promise<void> => {
    const job = jobOf(sweep, trials, assignment, rungs);
    onProgress?.({ kind: 'trial-started', trial: assignment.trial, epochs: job.until });
    const result = await settle(runner.run(job));
    if ('data' in result) data = sameData(result.data, log);
    const trained = describeTrained(assignment, result);
    await log.append(trained);
    turns.report(assignment, scoreOf(trained));
    const begun = new Set(log.trained.map(({ trial }) => trial)).size;
    const counted = { share: work.share(log.trained), begun, trials: trials.length };
    onProgress?.({ kind: 'trial-trained', trained, best: best(), ...counted });
  };
  return {
    best,
    data: () => data,
    async drain(runner) {
      for (;;) {
        if (signal.aborted) throw trainingInterrupted(sweep.model, sweep.experiment.seeds[0]!);
        const assignment = await turns.next(signal);
        if (assignment === undefined) return;
        if (assignment !== 'aborted') await trainOne(runner, assignment);
      }
    },
  };
}

/** Epochs of a sweep: all trials take those of the lowest rung, one in so many those that the next adds… */
function createWork(rungs: readonly number[], trials: number, reduction: number) {
  const added = rungs.map((epochs, rung) =>
    rungs.length === 1 ? 1 : epochs - (rungs[rung - 1] ?? 0),
  );
  const most = added.reduce(
    ({ total, left }, epochs) => ({
      total: total + left * epochs,
      left: Math.floor(left / reduction),
    }),
    { total: 0, left: trials },
  );
  return {
    share: (trained: readonly TrainedTrial[]): number =>
      trained.reduce((sum, { rung }) => sum + added[rung]!, 0) / most.total,
  };
}

function trainingOf({ experiment, model }: SweepSpec) {
  return experiment.models.find(({ name }) => name === model)!.training;
}

function jobOf(
  { experiment }: SweepSpec,
  trials: readonly Trial[],
  { trial, rung }: Assignment,
  rungs: readonly number[],
): Job & { readonly until: number } {
  const { epochs } = trials[trial - 1]!.entry.training;
  const seed = experiment.seeds[0]!;
  return { kind: 'model', name: trialName(trial), seed, until: Math.min(rungs[rung]!, epochs) };
}

/** The result of a job, or the failure that its setting came to. */
async function settle(job: Promise<JobResult>): Promise<JobResult | { readonly failure: string }> {
  try {
    return await job;
  } catch (error) {
    if (isLimamlError(error) && FAILURES.includes(error.code)) return { failure: error.code };
    throw error;
  }
}

function describeTrained(
  { trial, rung }: Assignment,
  result: JobResult | { readonly failure: string },
): TrainedTrial {
  if ('failure' in result) {
    return { trial, rung, epochs: 0, value: null, seconds: 0, failure: result.failure };
  }
  const { training, seconds } = result.records[0]!;
  const { history, bestEpoch } = training!;
  const value = history[bestEpoch]?.monitored ?? null;
  return { trial, rung, epochs: history.length, value, seconds, data: result.data.fingerprint };
}

/** Values of other data are not comparable. */
function sameData(data: DataSummary, { trained }: TrialLog): DataSummary {
  const other = trained.find((each) => each.data !== undefined && each.data !== data.fingerprint);
  if (other === undefined) return data;
  throw dataForeign(data.name);
}

function bestOf(
  trained: readonly TrainedTrial[],
  scoreOf: (trained: TrainedTrial) => number,
): TrainedTrial | undefined {
  const valued = trained.filter((each) => scoreOf(each) > -Infinity);
  return valued.toSorted((a, b) => scoreOf(b) - scoreOf(a) || a.trial - b.trial)[0];
}

/** A scheduler that can be waited for. */
interface Turns {
  next(signal: AbortSignal): Promise<Assignment | 'aborted' | undefined>;
  report(assignment: Assignment, score: number): void;
}

function createTurns(scheduler: Scheduler): Turns {
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };
  return {
    async next(signal) {
      signal.addEventListener('abort', wake, { once: true });
      for (;;) {
        const next = signal.aborted ? 'aborted' : scheduler.next();
        if (next !== 'wait') return next;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    report(assignment, score) {
      scheduler.report(assignment, score);
      wake();
    },
  };
}
