import { defineReportSection } from '@limaml/plugin';
import type { ReportBlock, ReportContext, ReportPlugin, ReportResults } from '@limaml/plugin';
import { barOf, columnsOf, countOf, metricAxis, metricsOf, seedsOf } from './results-view.js';

/** All metrics of every model and baseline. */
export function overallSection(): ReportPlugin {
  return defineReportSection({ name: 'overall', title: 'Results', render: overallBlocks });
}

function overallBlocks(results: ReportResults, context: ReportContext): readonly ReportBlock[] {
  const { models, data } = results;
  const metrics = metricsOf(results);
  const title = `${data.name}: test tasks, mean over ${countOf(seedsOf(results), 'seed')}`;
  const rows = models.map((model) => [
    model.name,
    ...metrics.map((metric) => model.metrics[metric] ?? null),
  ]);
  return [
    { kind: 'table', title, columns: columnsOf('model', metrics), rows },
    ...metrics.slice(0, 1).flatMap((metric) => overallChart(results, context, metric)),
  ];
}

function overallChart(
  { models }: ReportResults,
  context: ReportContext,
  metric: string,
): readonly ReportBlock[] {
  const bars = models.flatMap(({ name, metrics }) => barOf(name, metrics[metric]));
  if (bars.length < 2) return [];
  return [
    {
      ...{ kind: 'chart', form: 'interval', bars, value: metricAxis(metric, context) },
      title: `${metric} on the test tasks`,
      description:
        'Mean over seeds and its 95 % interval. Intervals that overlap may still belong to a clear difference: compare by seed, in the differences.',
    },
  ];
}
