import { defineReportSection } from '@limaml/plugin';
import type { ReportBlock, ReportContext, ReportPlugin, ReportResults } from '@limaml/plugin';
import { barOf, columnsOf, differenceAxis, metricsOf } from './results-view.js';

/** Charts are drawn for the first metrics of the spec only; the table has all. */
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
  return [{ kind: 'table', title, columns, rows }, ...charts];
}

function differenceChart(
  { differences }: ReportResults,
  context: ReportContext,
  metric: string,
): readonly ReportBlock[] {
  const bars = differences.flatMap(({ against, metrics }) => barOf(against, metrics[metric]));
  if (bars.length === 0) return [];
  return [
    {
      ...{ kind: 'chart', form: 'interval', bars, zero: true },
      value: differenceAxis(metric, context),
      title: `${metric}: ${differences[0]!.name} minus each other`,
      description:
        'Mean of the differences with the same seed, and its 95 % interval. Where an interval meets the dashed line at zero, the seeds cannot tell the two apart.',
    },
  ];
}
