import {
  cutTasks,
  splitTasks,
  type CutOptions,
  type TaskIndex,
  type TaskPosition,
  type TaskSplit,
} from '@limaml/data';
import type { SplitSpec } from '../spec/schema.js';
import { cutPosition } from './episode-cuts.js';
import type { Division } from './seed-data.js';

/** Tests entities that training never saw. */
export function divideEntities(
  tasks: TaskIndex,
  split: SplitSpec,
  seed: number,
  options: CutOptions,
): Division {
  const { train, validation, test } = chooseTasks(tasks, split, seed);
  const fits = (task: number): boolean => hasRows(tasks, task, split.rows);
  const testCut = (index: TaskIndex): TaskPosition => cutPosition(index, split.cut);
  return {
    train: split.testRows === null ? train.filter(fits) : train,
    training: tasks,
    validation: cutTasks(tasks, validation.filter(fits), options, testCut(tasks)),
    test: cutTasks(tasks, test.filter(fits), options, testCut(tasks)),
    ...{ existing: train, tested: test, testCut },
  };
}

/** Whether a task has no fewer and no more rows than asked for. */
export function hasRows(
  { offsets }: TaskIndex,
  task: number,
  { min, max }: { readonly min: number; readonly max: number | null },
): boolean {
  const rows = offsets[task + 1]! - offsets[task]!;
  return rows >= min && rows <= (max ?? Infinity);
}

function chooseTasks(
  tasks: TaskIndex,
  { testRows, testShare, validationShare }: SplitSpec,
  seed: number,
): TaskSplit {
  if (testRows === null) return splitTasks(tasks, { seed, testShare, validationShare });
  const all = Int32Array.from(tasks.taskIds, (_, task) => task);
  const more = all.filter(
    (task) => tasks.offsets[task + 1]! - tasks.offsets[task]! > (testRows.max ?? Infinity),
  );
  const known = { ...tasks, taskIds: Array.from(more, (task) => tasks.taskIds[task]!) };
  const { train, validation } = splitTasks(known, { seed, testShare: 0, validationShare });
  return {
    train: train.map((at) => more[at]!),
    validation: validation.map((at) => more[at]!),
    test: all.filter((task) => hasRows(tasks, task, testRows)),
  };
}
