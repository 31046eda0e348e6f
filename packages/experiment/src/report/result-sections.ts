import { defineReportSection } from '@limaml/plugin';
import type {
  ReportBlock,
  ReportColumn,
  ReportPlugin,
  ReportResults,
  TableBlock,
} from '@limaml/plugin';
import { describeMalformed } from '../run/experiment-data.js';

/** Cohort tables are shown for the first metrics of the spec only; `results.json` holds all. */
const COHORT_METRICS = 2;

/** All metrics of every model and baseline. */
export function overallSection(): ReportPlugin {
  return defineReportSection({ name: 'overall', title: 'Results', render: overallTable });
}

/** One table per metric: every model and baseline by size of the support set. */
export function cohortSection(): ReportPlugin {
  return defineReportSection({ name: 'cohorts', title: 'Activity cohorts', render: cohortTables });
}

/** How much the first model gains on each of the others. */
export function differenceSection(): ReportPlugin {
  const title = 'Differences to the first model';
  return defineReportSection({ name: 'differences', title, render: differenceTable });
}

/** Rows of the data that were left out, and why. */
export function malformedSection(): ReportPlugin {
  return defineReportSection({
    name: 'malformed-rows',
    title: 'Malformed rows',
    render: ({ data }) => {
      const text = describeMalformed(data.malformedRows);
      return text === '' ? undefined : [{ kind: 'text', text }];
    },
  });
}

function overallTable(results: ReportResults): readonly ReportBlock[] {
  const { models, data } = results;
  const metrics = metricsOf(results);
  const seeds = models[0]?.runs.length ?? 0;
  const title = `${data.name}: test tasks, mean over ${seeds} seed${seeds === 1 ? '' : 's'}`;
  const rows = models.map((model) => [
    model.name,
    ...metrics.map((metric) => model.metrics[metric] ?? null),
  ]);
  return [{ kind: 'table', title, columns: columnsOf('model', metrics), rows }];
}

function cohortTables(results: ReportResults): readonly ReportBlock[] | undefined {
  if ((results.models[0]?.cohorts ?? []).length === 0) return undefined;
  return metricsOf(results)
    .slice(0, COHORT_METRICS)
    .map((metric) => cohortTable(results, metric));
}

function cohortTable({ models }: ReportResults, metric: string): TableBlock {
  const cohorts = models[0]!.cohorts.map(({ name, tasks }) => `${name} (${tasks})`);
  return {
    kind: 'table',
    title: `${metric} by size of the support set (tasks per seed)`,
    columns: columnsOf('model', cohorts),
    rows: models.map((model) => [
      model.name,
      ...cohorts.map((_, at) => model.cohorts[at]?.metrics[metric] ?? null),
    ]),
  };
}

function differenceTable(results: ReportResults): readonly ReportBlock[] | undefined {
  const { differences } = results;
  const [first] = differences;
  if (first === undefined) return undefined;
  const metrics = metricsOf(results);
  const title = `${first.name} minus the others, paired by seed`;
  const rows = differences.map((difference) => [
    difference.against,
    ...metrics.map((metric) => difference.metrics[metric] ?? null),
  ]);
  return [{ kind: 'table', title, columns: columnsOf('against', metrics, { signed: true }), rows }];
}

function metricsOf({ models }: ReportResults): readonly string[] {
  return Object.keys(models[0]?.metrics ?? {});
}

function columnsOf(
  first: string,
  names: readonly string[],
  format: Omit<ReportColumn, 'name'> = {},
): readonly ReportColumn[] {
  return [{ name: first }, ...names.map((name) => ({ name, ...format }))];
}
