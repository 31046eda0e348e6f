import type { ReportEnvironment } from '@limaml/plugin';
import {
  subtractMetrics,
  summariseMetrics,
  type MetricIntervals,
} from '../evaluation/metric-intervals.js';
import type { MetricValues } from '../evaluation/score-card.js';
import { summariseFreshness, type FreshnessResults } from '../freshness/freshness-results.js';
import type { OnlineResults } from '../freshness/ranking-results.js';
import { groupBy } from '../group-by.js';
import type { ExperimentSpec } from '../spec/schema.js';
import { LEAK_CHECKS } from '../split/leaks.js';
import type { DataSummary } from './experiment-data.js';
import type { Significance } from './significance.js';
import type { RunRecord } from './run-record.js';

/** Results of the tasks of one cohort. */
export interface CohortResults {
  /** What divides the tasks: `support`, `recency`, `known`, or the name of a feature. */
  readonly by: string;
  readonly name: string;
  /** Tasks, on average over seeds. */
  readonly tasks: number;
  readonly metrics: MetricIntervals;
}

/** Results on a test set beside the main one. */
export interface TestResults {
  readonly name: string;
  /** What training saw of it: its entities with other rows, or its very rows. */
  readonly trained?: 'entities' | 'rows';
  /** Tasks, on average over seeds. */
  readonly tasks: number;
  readonly metrics: MetricIntervals;
}

/** Results of one model or baseline. */
export interface ModelResults {
  readonly name: string;
  readonly kind: RunRecord['kind'];
  readonly metrics: MetricIntervals;
  readonly cohorts: readonly CohortResults[];
  /** On further test sets; [] where the spec has none. */
  readonly tests: readonly TestResults[];
  /** What fresh embeddings are worth; absent where the spec does not ask. */
  readonly freshness?: FreshnessResults;
  /** What each seed came to. */
  readonly runs: readonly RunRecord[];
}

/** How much better the first model is than another, seed by seed: same split, same test tasks. */
export interface Difference {
  readonly name: string;
  readonly against: string;
  /** Mean and interval of `first − other` over seeds; for metrics that are better lower, negative is better. */
  readonly metrics: MetricIntervals;
  readonly cohorts: readonly CohortResults[];
  readonly tests: readonly TestResults[];
  /** Paired bootstrap over seeds and tasks, by metric: intervals and p-values. Absent without kept predictions. */
  readonly bootstrap?: Significance;
}

/** The contents of `results.json`. */
export interface ExperimentResults {
  readonly format: 1;
  readonly experiment: string;
  readonly createdAt: string;
  readonly environment: ReportEnvironment;
  /** What every split was checked for before anything was fitted; a leak would have stopped the run. */
  readonly leakChecks: readonly string[];
  /** The spec with its defaults filled in; plugins by kind and name. */
  readonly spec: unknown;
  readonly data: DataSummary;
  readonly models: readonly ModelResults[];
  readonly differences: readonly Difference[];
  /** Simulated online test; absent where the true probability is not known or the spec has no `freshness`. */
  readonly online?: OnlineResults;
  readonly seconds: number;
}

/** Puts the records of all seeds together, in the order of the spec: models, then baselines. */
export function summariseRecords(records: readonly RunRecord[]): ModelResults[] {
  return [...groupBy(records, ({ name }) => name)].map(([name, runs]) => {
    const freshness = summariseFreshness(runs.flatMap((run) => run.freshness ?? []));
    return {
      name,
      kind: runs[0]!.kind,
      metrics: summariseMetrics(runs.map(({ metrics }) => metrics)),
      cohorts: summariseParts(runs.map(({ cohorts }) => cohorts)),
      tests: summariseParts(runs.map(({ tests }) => tests ?? [])),
      ...(freshness && { freshness }),
      runs,
    };
  });
}

/** Paired differences of the first model to every other model and baseline. */
export function differencesToFirst(models: readonly ModelResults[]): Difference[] {
  const [first, ...others] = models;
  if (first?.kind !== 'model') return [];
  return others.map((other) => {
    const pairs = paired(first.runs, other.runs);
    return {
      name: first.name,
      against: other.name,
      metrics: summariseMetrics(pairs.map(([a, b]) => subtractMetrics(a.metrics, b.metrics))),
      cohorts: summariseParts(pairs.map(([a, b]) => subtractParts(a.cohorts, b.cohorts))),
      tests: summariseParts(pairs.map(([a, b]) => subtractParts(a.tests ?? [], b.tests ?? []))),
    };
  });
}

/** Puts everything together for `results.json`. */
export function assembleResults(
  spec: ExperimentSpec,
  data: DataSummary,
  models: readonly ModelResults[],
  compared: ReadonlyMap<string, Significance>,
  { environment, seconds, online }: Pick<ExperimentResults, 'environment' | 'seconds' | 'online'>,
): ExperimentResults {
  return {
    format: 1,
    experiment: spec.name,
    createdAt: new Date().toISOString(),
    environment,
    leakChecks: LEAK_CHECKS,
    spec: serialiseSpec(spec),
    data,
    models,
    differences: differencesToFirst(models).map((difference) => {
      const bootstrap = compared.get(difference.against);
      return bootstrap === undefined ? difference : { ...difference, bootstrap };
    }),
    ...(online && { online }),
    seconds,
  };
}

/** A spec as JSON: plugins become kind and name. */
export function serialiseSpec(spec: ExperimentSpec): unknown {
  return { ...spec, plugins: spec.plugins.map(({ kind, name }) => ({ kind, name })) };
}

/** A cohort or a test set of one seed. */
interface Part {
  readonly name: string;
  readonly tasks: number;
  readonly metrics: MetricValues;
}

/** The same parts of every seed put together; what else is known of a part is that of the first seed. */
function summariseParts<Of extends Part>(
  seeds: readonly (readonly Of[])[],
): (Omit<Of, 'metrics'> & { metrics: MetricIntervals })[] {
  return (seeds[0] ?? []).map((part, index) => {
    const parts = seeds.map((seed) => seed[index]!);
    const tasks = parts.reduce((sum, card) => sum + card.tasks, 0) / parts.length;
    const metrics = summariseMetrics(parts.map((card) => card.metrics));
    return { ...part, tasks: Math.round(tasks), metrics };
  });
}

/** Differences of the parts that both have. */
function subtractParts<Of extends Part>(first: readonly Of[], other: readonly Part[]): Of[] {
  return first.slice(0, other.length).map((part, index) => ({
    ...part,
    metrics: subtractMetrics(part.metrics, other[index]!.metrics),
  }));
}

/** Records of the same seed. */
function paired(
  first: readonly RunRecord[],
  other: readonly RunRecord[],
): (readonly [RunRecord, RunRecord])[] {
  return first.flatMap((record) => {
    const partner = other.find(({ seed }) => seed === record.seed);
    return partner === undefined ? [] : [[record, partner] as const];
  });
}
