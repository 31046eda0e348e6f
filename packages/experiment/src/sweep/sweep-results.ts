import type { MetricPlugin, ReportBlock, ReportEnvironment } from '@limaml/plugin';
import type { DataSummary } from '../run/experiment-data.js';
import type { MetricIntervals } from '../evaluation/metric-intervals.js';
import type { ExperimentResults } from '../run/results.js';
import type { ExperimentSpec, ModelEntry } from '../spec/schema.js';
import type { DrawnValue } from './distributions.js';
import type { SweepSpec } from './schema.js';
import type { TrainedTrial, TrialLog } from './trial-log.js';
import type { Trial } from './trials.js';

/** What one trial came to. */
export interface TrialResult {
  readonly trial: number;
  /** What was drawn, by key of the space. */
  readonly values: Readonly<Record<string, DrawnValue>>;
  /** Epochs that it was trained. */
  readonly epochs: number;
  /** The objective at its best epoch; null where there is none. */
  readonly value: number | null;
  readonly seconds: number;
  /** Code of the error that ended it. */
  readonly failure?: string;
}

/** The contents of `sweep.json`. */
export interface SweepResults {
  readonly format: 1;
  readonly createdAt: string;
  /** Where the best trial was tested. */
  readonly environment: ReportEnvironment;
  readonly experiment: string;
  readonly model: string;
  /** How it was searched. */
  readonly sweep: Pick<SweepSpec, 'space' | 'search' | 'trials' | 'seed' | 'asha'>;
  /** What trials were compared by. */
  readonly objective: {
    readonly metric: string;
    readonly better: MetricPlugin['better'];
    readonly tasks: 'validation';
    /** The seed whose split, weights and episodes all trials share. */
    readonly seed: number;
  };
  readonly data: DataSummary;
  /** In order of their numbers. */
  readonly trials: readonly TrialResult[];
  readonly best: {
    readonly trial: number;
    readonly value: number;
    /** The model's entry with what won, ready for a spec. */
    readonly entry: ModelEntry;
  };
  /** The test tasks, scored once: by the best trial, trained anew with every seed. */
  readonly test: {
    readonly metrics: MetricIntervals;
    readonly runs: readonly {
      readonly seed: number;
      readonly metrics: Readonly<Record<string, number | null>>;
      /**
       * Whether no trial saw these tasks in any role. With random splits that holds for the seed of the search only:
       * test tasks of another seed may have been training or validation tasks of the trials.
       */
      readonly unseen: boolean;
    }[];
  };
  readonly seconds: number;
}

/** What {@link assembleSweep} puts together. */
export interface FinishedSweep {
  readonly sweep: SweepSpec;
  readonly trials: readonly Trial[];
  readonly log: TrialLog;
  readonly best: TrainedTrial;
  readonly winner: ExperimentSpec;
  readonly tested: ExperimentResults;
  readonly monitor: MetricPlugin;
  readonly seconds: number;
}

export function assembleSweep(finished: FinishedSweep): SweepResults {
  const { sweep, trials, log, best, winner, tested, monitor, seconds } = finished;
  const { space, search, seed, asha, experiment, model } = sweep;
  const searched = experiment.seeds[0]!;
  const [own] = tested.models;
  return {
    format: 1,
    createdAt: new Date().toISOString(),
    environment: tested.environment,
    ...{ experiment: experiment.name, model },
    sweep: { space, search, trials: trials.length, seed, asha },
    objective: {
      ...{ metric: monitor.name, better: monitor.better, tasks: 'validation', seed: searched },
    },
    data: tested.data,
    trials: trials.map((trial) => resultOf(trial, log.trained)),
    best: { trial: best.trial, value: best.value!, entry: winner.models[0]! },
    test: {
      metrics: own!.metrics,
      runs: own!.runs.map(({ seed: of, metrics }) => ({
        seed: of,
        metrics,
        unseen: of === searched,
      })),
    },
    seconds,
  };
}

/** What a trial came to in the highest rung that it reached. */
function resultOf({ trial, values }: Trial, trained: readonly TrainedTrial[]): TrialResult {
  const own = trained.filter((each) => each.trial === trial);
  const last = own.toSorted((a, b) => b.rung - a.rung)[0]!;
  const { epochs, value, seconds, failure } = last;
  return { trial, values, epochs, value, seconds, ...(failure !== undefined && { failure }) };
}

/** Trials that a report shows, at most. */
const SHOWN = 20;

/**
 * The report of a sweep: its best trials, what won as JSON for a spec, and its test.
 *
 * @example
 * ```ts
 * console.log(renderText(sweepReport(results)));
 * ```
 */
export function sweepReport(results: SweepResults): readonly ReportBlock[] {
  const { objective, best, model } = results;
  return [
    trialTable(results),
    {
      kind: 'text',
      text: `Best is trial ${best.trial}, ${objective.metric} ${best.value.toFixed(4)} on the validation tasks of seed ${objective.seed}. Its entry:\n\n${JSON.stringify(best.entry, undefined, 2)}`,
    },
    testTable(results),
    {
      kind: 'text',
      text: `The test tasks were scored once, by ${model} with what won. Only those of seed ${objective.seed} had no part in the search: with random splits, test tasks of another seed may have been training or validation tasks of the trials.`,
    },
  ];
}

function trialTable({ trials, sweep, objective: { metric, better } }: SweepResults): ReportBlock {
  const keys = Object.keys(sweep.space);
  const sign = better === 'higher' ? 1 : -1;
  const scoreOf = ({ value }: TrialResult): number => (value === null ? -Infinity : sign * value);
  const sorted = trials.toSorted((a, b) => scoreOf(b) - scoreOf(a) || a.trial - b.trial);
  const shown = Math.min(SHOWN, sorted.length);
  return {
    kind: 'table',
    title: `${shown < sorted.length ? `The best ${shown} of ` : ''}${sorted.length} trials, by ${metric} of the validation tasks`,
    columns: [
      { name: 'trial', digits: 0, align: 'right' },
      ...keys.map((name) => ({ name, align: 'right' as const })),
      { name: 'epochs', digits: 0 },
      { name: metric },
      { name: 'seconds', digits: 1 },
    ],
    rows: sorted
      .slice(0, SHOWN)
      .map(({ trial, values, epochs, value, seconds, failure }) => [
        ...[trial, ...keys.map((key) => textOf(values[key]!)), epochs],
        ...[value ?? failure ?? null, seconds],
      ]),
  };
}

function testTable({ test, objective }: SweepResults): ReportBlock {
  const metrics = Object.keys(test.metrics);
  const mean = metrics.map((metric) => test.metrics[metric] ?? null);
  const runs = test.runs.map(({ seed, metrics: values, unseen }) => [
    `seed ${seed}${unseen ? ', that of the search' : ''}`,
    ...metrics.map((metric) => values[metric] ?? null),
  ]);
  return {
    kind: 'table',
    title: `Test tasks, what won by ${objective.metric}`,
    columns: [{ name: 'seed' }, ...metrics.map((name) => ({ name }))],
    rows: [...runs, ...(runs.length > 1 ? [['mean', ...mean]] : [])],
  };
}

function textOf(value: DrawnValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
