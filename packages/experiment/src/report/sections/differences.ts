import { defineReportSection } from '@limaml/plugin';
import type { ReportBlock, ReportContext, ReportPlugin, ReportResults } from '@limaml/plugin';
import { barOf, columnsOf, differenceAxis, metricsOf } from './results-view.js';
import { formatP, sureDifference } from './verdict.js';

/** Charts are drawn for the first metrics of the spec only; the tables have all. */
const CHARTS = 2;

/** How much the first model gains on each of the others. */
export function differenceSection(): ReportPlugin {
  const title = 'Differences to the first model';
  return defineReportSection({ name: 'differences', title, render: differenceBlocks });
}

function differenceBlocks(
  results: ReportResults,
  context: ReportContext,
): readonly ReportBlock[] | undefined {
  const { differences } = results;
  const [first] = differences;
  if (first === undefined) return undefined;
  const metrics = metricsOf(results);
  const title = `${first.name} minus the others, paired by seed`;
  const rows = differences.map((difference) => [
    difference.against,
    ...metrics.map((metric) => difference.metrics[metric] ?? null),
  ]);
  const columns = columnsOf('against', metrics, { signed: true });
  const charts = metrics
    .slice(0, CHARTS)
    .flatMap((metric) => differenceChart(results, context, metric));
  return [{ kind: 'table', title, columns, rows }, ...bootstrapTable(results), ...charts];
}

/** Intervals and p-values over seeds and tasks, where predictions were kept. */
function bootstrapTable(results: ReportResults): readonly ReportBlock[] {
  const rows = metricsOf(results).flatMap((metric) =>
    results.differences.flatMap(({ against, bootstrap }) => {
      const kept = bootstrap?.[metric];
      if (kept === undefined) return [];
      const { mean, low, high, p, adjusted } = kept;
      return [[metric, against, mean, low, high, formatP(p), formatP(adjusted)]];
    }),
  );
  if (rows.length === 0) return [];
  const columns = [
    { name: 'metric' },
    { name: 'against', align: 'left' as const },
    ...['difference', 'from', 'to'].map((name) => ({ name, signed: true })),
    ...['p', 'adjusted p'].map((name) => ({ name })),
  ];
  const title = 'Paired bootstrap over seeds and tasks: 95 % intervals, p-values, adjusted by Holm';
  return [{ kind: 'table', title, columns, rows }];
}

function differenceChart(
  { differences }: ReportResults,
  context: ReportContext,
  metric: string,
): readonly ReportBlock[] {
  const bars = differences.flatMap((difference) =>
    barOf(difference.against, sureDifference(difference, metric)?.interval),
  );
  if (bars.length === 0) return [];
  const drawn = differences.some(({ bootstrap }) => bootstrap?.[metric] !== undefined);
  const over = drawn ? 'of a paired bootstrap over seeds and tasks' : 'over seeds, paired by seed';
  return [
    {
      ...{ kind: 'chart', form: 'interval', bars, zero: true },
      value: differenceAxis(metric, context),
      title: `${metric}: ${differences[0]!.name} minus each other`,
      description: `Differences and their 95 % intervals ${over}. Where an interval meets the dashed line at zero, the two cannot be told apart.`,
    },
  ];
}
