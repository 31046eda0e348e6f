import { defineReportSection } from '@limaml/plugin';
import type { ReportBlock, ReportPlugin, ReportResults, ReportTimings } from '@limaml/plugin';
import { addTimings, NO_TIME, type TrainingTimings } from '../../training/timings.js';

/** What the time of training was spent on, in the order of the columns. */
const PARTS = {
  'compiled step': 'compute',
  'waiting for data': 'data',
  optimiser: 'optimiser',
  evaluation: 'evaluation',
  compiling: 'compile',
} as const satisfies Record<string, keyof TrainingTimings>;

/** Where the time of training went, for the models that were trained, over all seeds. */
export function timingSection(): ReportPlugin {
  return defineReportSection({ name: 'timings', title: 'Time of training', render: timingTable });
}

function timingTable({ models }: ReportResults): readonly ReportBlock[] | undefined {
  const rows = models.flatMap(({ name, runs }) => {
    const timings = runs.flatMap((run) => run.timings ?? []);
    return timings.length === 0 ? [] : [[name, ...timingCells(timings)]];
  });
  if (rows.length === 0) return undefined;
  const shares = Object.keys(PARTS).map((name) => ({ name, digits: 1, unit: ' %' }));
  const columns = [
    { name: 'model' },
    { name: 'seconds', digits: 1 },
    ...shares,
    { name: 'programs' },
  ];
  return [{ kind: 'table', title: 'Time of training, all seeds', columns, rows }];
}

function timingCells(timings: readonly ReportTimings[]): readonly (string | number)[] {
  const sum = timings.reduce<TrainingTimings>(addTimings, NO_TIME);
  const parts = Object.values(PARTS).map((part) => sum[part]);
  const total = parts.reduce((all, seconds) => all + seconds, 0);
  const shares = parts.map((seconds) => (total === 0 ? 0 : 100 * (seconds / total)));
  return [total, ...shares, `${sum.compiled} compiled, ${sum.hits} reused`];
}
