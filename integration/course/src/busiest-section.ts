import { defineReportSection } from '@limaml/plugin';
import type { ReportPlugin } from '@limaml/plugin';

/** A section of its own in the report: how long everything took. */
export function busiestSection(): ReportPlugin {
  return defineReportSection({
    name: 'busiest',
    title: 'Busiest model',
    render: ({ models }) => {
      const seconds = models.map(({ name, runs }) => ({
        name,
        total: runs.reduce((sum, run) => sum + run.seconds, 0),
      }));
      const [busiest] = seconds.toSorted((a, b) => b.total - a.total);
      return busiest && [{ kind: 'text', text: `${busiest.name} took longest.` }];
    },
  });
}

export default [busiestSection()];
