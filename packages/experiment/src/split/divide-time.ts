import {
  cutTasks,
  firstAtOrAfter,
  keepRows,
  type CutOptions,
  type TaskIndex,
  type TaskPosition,
} from '@limaml/data';
import type { SplitSpec } from '../spec/schema.js';
import { hasRows } from './divide-entities.js';
import { momentPosition } from './episode-cuts.js';
import type { Division } from './seed-data.js';

/** Where validation and test rows begin. */
interface Boundaries {
  readonly validation: TaskPosition;
  readonly test: TaskPosition;
  readonly testCut: Division['testCut'];
}

/** Tests the newest rows of each entity. */
export function divideEachEntity(
  tasks: TaskIndex,
  split: SplitSpec,
  options: CutOptions,
): Division {
  const { testShare, validationShare } = split;
  const test: TaskPosition = (start, end) => start + Math.floor((end - start) * (1 - testShare));
  const validation: TaskPosition = (start, end, task) =>
    start + Math.floor((test(start, end, task) - start) * (1 - validationShare));
  const momentOf = (task: number): number => {
    const [start, end] = [tasks.offsets[task]!, tasks.offsets[task + 1]!];
    return tasks.timestamp[tasks.rows[test(start, end, task)]!] ?? Infinity;
  };
  const testCut = (index: TaskIndex): TaskPosition => {
    return (start, end, task) => firstAtOrAfter(index, start, end, momentOf(task));
  };
  return divideRows(tasks, split, options, { validation, test, testCut });
}

/** Tests all rows from a moment on. */
export function divideAtMoment(tasks: TaskIndex, split: SplitSpec, options: CutOptions): Division {
  const [validationFrom, testFrom] = moments(tasks, split);
  return divideRows(tasks, split, options, {
    validation: momentPosition(tasks, validationFrom),
    test: momentPosition(tasks, testFrom),
    testCut: (index) => momentPosition(index, testFrom),
  });
}

function divideRows(
  tasks: TaskIndex,
  { rows }: SplitSpec,
  options: CutOptions,
  { validation, test, testCut }: Boundaries,
): Division {
  const all = Int32Array.from(tasks.taskIds, (_, task) => task);
  const tested = all.filter((task) => hasRows(tasks, task, rows));
  const inTraining = trainingMask(tasks, validation);
  const training = keepRows(tasks, (_, position) => inTraining[position] === 1);
  const train = all.filter((task) => training.offsets[task + 1]! > training.offsets[task]!);
  return {
    ...{ train, existing: train, training },
    validation: cutTasks(tasks, tested, options, validation, test),
    test: cutTasks(tasks, tested, options, test),
    ...{ tested, testCut },
  };
}

function trainingMask(tasks: TaskIndex, until: TaskPosition): Uint8Array {
  const mask = new Uint8Array(tasks.rows.length);
  for (let task = 0; task + 1 < tasks.offsets.length; task++) {
    const [start, end] = [tasks.offsets[task]!, tasks.offsets[task + 1]!];
    mask.fill(1, start, until(start, end, task));
  }
  return mask;
}

/** When validation and test rows begin: at the cut, or where the shares of all rows say. */
function moments(
  { rows, timestamp }: TaskIndex,
  { cut, testShare, validationShare }: SplitSpec,
): readonly [validation: number, test: number] {
  const times = Float64Array.from(rows, (row) => timestamp[row]!).sort();
  const timeAt = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
  const test = typeof cut === 'string' && cut !== 'half' ? Date.parse(cut) : timeAt(1 - testShare);
  const before = times.findIndex((time) => time >= test);
  const trained = (before < 0 ? times.length : before) / times.length;
  return [timeAt(trained * (1 - validationShare)), test];
}
