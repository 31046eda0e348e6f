import { addTimings, NO_TIME, type TrainingTimings } from '../training/timings.js';
import type { ResultsTable } from './render-table.js';
import type { ExperimentResults } from './results.js';

/** What the time of training was spent on, in the order of the columns. */
const PARTS = {
  'compiled step': 'compute',
  'waiting for data': 'data',
  optimiser: 'optimiser',
  evaluation: 'evaluation',
  compiling: 'compile',
} as const satisfies Record<string, keyof TrainingTimings>;

/** Where the time of training went, for the models that were trained, over all seeds. */
export function timingTables({ models }: ExperimentResults): readonly ResultsTable[] {
  const rows = models.flatMap(({ name, runs }) => {
    const timings = runs.flatMap((run) => run.timings ?? []);
    return timings.length === 0 ? [] : [[name, ...timingCells(timings)]];
  });
  if (rows.length === 0) return [];
  const columns = ['model', 'seconds', ...Object.keys(PARTS), 'programs'];
  return [{ title: 'Time of training, all seeds', columns, rows }];
}

function timingCells(timings: readonly TrainingTimings[]): string[] {
  const sum = timings.reduce<TrainingTimings>(addTimings, NO_TIME);
  const parts = Object.values(PARTS).map((part) => sum[part]);
  const total = parts.reduce((all, seconds) => all + seconds, 0);
  const shares = parts.map((seconds) => `${(100 * (seconds / total)).toFixed(1)} %`);
  return [total.toFixed(1), ...shares, `${sum.compiled} compiled, ${sum.hits} reused`];
}
