import type { MeanInterval } from '../evaluation/interval.js';
import { describeMalformed } from './experiment-data.js';
import { renderTable, type ResultsTable } from './render-table.js';
import type { ExperimentResults, MetricIntervals } from './results.js';
import { timingTables } from './timing-table.js';

/**
 * The tables of an experiment: all metrics of every model and baseline, one table per cohort metric, how
 * much the first model gains on each of the others, and where the time of training went. `0.7901 ±0.0040` is a mean over seeds and half
 * of its 95 % interval.
 */
export function resultsTables(results: ExperimentResults): readonly ResultsTable[] {
  const metrics = Object.keys(results.models[0]?.metrics ?? {});
  return [
    overallTable(results, metrics),
    ...cohortTables(results, metrics.slice(0, COHORT_METRICS)),
    ...differenceTables(results, metrics),
    ...timingTables(results),
  ];
}

/** Cohort tables are shown for the first metrics of the spec only; `results.json` holds all. */
const COHORT_METRICS = 2;

/** All tables as text, columns aligned; malformed rows of the data are told at the end. */
export function renderResults(results: ExperimentResults): string {
  const tables = resultsTables(results).map(renderTable);
  const malformed = describeMalformed(results.data.malformedRows);
  return [...tables, ...(malformed === '' ? [] : [`${malformed}\n`])].join('\n');
}

function overallTable(
  { models, data }: ExperimentResults,
  metrics: readonly string[],
): ResultsTable {
  const seeds = models[0]?.runs.length ?? 0;
  return {
    title: `${data.name}: test tasks, mean over ${seeds} seed${seeds === 1 ? '' : 's'}`,
    columns: ['model', ...metrics],
    rows: models.map(({ name, metrics: values }) => [name, ...cells(values, metrics)]),
  };
}

function cohortTables({ models }: ExperimentResults, metrics: readonly string[]): ResultsTable[] {
  const cohorts = models[0]?.cohorts ?? [];
  if (cohorts.length === 0) return [];
  return metrics.map((metric) => ({
    title: `${metric} by size of the support set (tasks per seed)`,
    columns: ['model', ...cohorts.map(({ name, tasks }) => `${name} (${tasks})`)],
    rows: models.map((model) => [
      model.name,
      ...model.cohorts.map(({ metrics: values }) => cell(values[metric] ?? null)),
    ]),
  }));
}

function differenceTables(
  { differences }: ExperimentResults,
  metrics: readonly string[],
): ResultsTable[] {
  const [first] = differences;
  if (first === undefined) return [];
  return [
    {
      title: `${first.name} minus the others, paired by seed`,
      columns: ['against', ...metrics],
      rows: differences.map(({ against, metrics: values }) => [
        against,
        ...metrics.map((metric) => cell(values[metric] ?? null, '+')),
      ]),
    },
  ];
}

function cells(values: MetricIntervals, metrics: readonly string[]): string[] {
  return metrics.map((metric) => cell(values[metric] ?? null));
}

/** @param plus sign of a value that is not negative */
function cell(value: MeanInterval | null, plus = ''): string {
  if (value === null) return '–';
  const { mean, high } = value;
  const sign = mean < 0 ? '−' : plus;
  const text = `${sign}${Math.abs(mean).toFixed(4)}`;
  return high === null ? text : `${text} ±${(high - mean).toFixed(4)}`;
}
