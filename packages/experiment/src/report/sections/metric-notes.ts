import { defineReportSection } from '@limaml/plugin';
import type { ReportPlugin } from '@limaml/plugin';
import { knownMetric, metricsOf } from './results-view.js';

/** What the metrics of the report mean. */
export function metricSection(): ReportPlugin {
  return defineReportSection({
    name: 'metrics',
    title: 'Metrics',
    render: (results, context) => {
      const known = metricsOf(results).flatMap((name) => knownMetric(name, context) ?? []);
      if (known.length === 0) return undefined;
      const columns = ['metric', 'better', 'what it is'].map((name) => ({
        name,
        align: 'left' as const,
      }));
      const rows = known.map(({ name, better, description }) => [name, better, description]);
      return [{ kind: 'table', title: 'What the metrics are', columns, rows }];
    },
  });
}
