import { defineReportSection } from '@limaml/plugin';
import type {
  ReportBlock,
  ReportPlugin,
  ReportResults,
  ReportRun,
  ReportTimings,
} from '@limaml/plugin';
import { addTimings, NO_TIME, type TrainingTimings } from '../../training/timings.js';

const MIB = 2 ** 20;

/** What the time of training was spent on, in the order of the columns. */
const PARTS = {
  'compiled step': 'compute',
  'waiting for data': 'data',
  optimiser: 'optimiser',
  evaluation: 'evaluation',
  compiling: 'compile',
} as const satisfies Record<string, keyof TrainingTimings>;

/** How long runs took and how much memory; and of the models that were trained, where the time went. */
export function timingSection(): ReportPlugin {
  return defineReportSection({
    name: 'timings',
    title: 'Time and memory',
    render: (results) => {
      const blocks = [...runTable(results), ...trainingTable(results)];
      return blocks.length === 0 ? undefined : blocks;
    },
  });
}

function runTable({ models }: ReportResults): readonly ReportBlock[] {
  const rows = models
    .filter(({ kind }) => kind !== 'prior')
    .map(({ name, runs }) => [name, meanSeconds(runs), peakMemory(runs)]);
  if (rows.length === 0) return [];
  const columns = [
    { name: 'model' },
    { name: 'time', digits: 1, unit: ' s' },
    { name: 'most memory', digits: 0, unit: ' MiB' },
  ];
  const title =
    'A run: mean time of fitting or training; most memory its process had held by its end';
  return [{ kind: 'table', title, columns, rows }];
}

function meanSeconds(runs: readonly ReportRun[]): number {
  return runs.reduce((sum, { seconds }) => sum + seconds, 0) / runs.length;
}

/** Results of earlier versions lack it. */
function peakMemory(runs: readonly ReportRun[]): number | null {
  const known = runs.flatMap(({ peakMemory: bytes }) => bytes ?? []);
  return known.length === 0 ? null : Math.max(...known) / MIB;
}

function trainingTable({ models }: ReportResults): readonly ReportBlock[] {
  const rows = models.flatMap(({ name, runs }) => {
    const timings = runs.flatMap((run) => run.timings ?? []);
    return timings.length === 0 ? [] : [[name, ...timingCells(timings)]];
  });
  if (rows.length === 0) return [];
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
