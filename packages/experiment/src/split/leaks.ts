import type { Episode, TaskIndex } from '@limaml/data';
import { leakFound } from './errors.js';
import type { ExperimentData } from '../run/experiment-data.js';
import type { SplitSpec } from '../spec/schema.js';
import type { SeedData, TestSet } from './seed-data.js';

/** What {@link assertNoLeak} looks for, in words for reports. */
export const LEAK_CHECKS = [
  'no support row is later than a query row of its episode',
  'no query row is among the rows that encoders and models are fitted on',
  'no tested entity is a training task, where entities are held out',
  'no training row is later than a tested one, where the log is divided at a moment',
  'no new candidate has a training row',
] as const;

/**
 * Checks a division of a log before anything is fitted on it.
 *
 * @throws LIMAML_ERR_EXPERIMENT_LEAK naming the test set and the task
 */
export function assertNoLeak(
  data: ExperimentData,
  split: SplitSpec,
  seedData: Omit<SeedData, 'limits'>,
): void {
  const { validation, tests, seed } = seedData;
  for (const set of [validation, ...tests]) {
    const report = (task: number, problem: string): never => {
      throw leakFound(problem, { set: set.name, task: set.index.taskIds[task]!, seed });
    };
    if (split.order === 'time') assertTimeOrder(set, report);
    if (set.trained === 'rows') continue;
    assertApart(set, seedData.trainRows, report);
    if (split.by === 'new-entity') assertEntitiesApart(set, seedData.train, report);
    if (split.by === 'global-time') assertAfterTraining(set, seedData.trainRows, report);
  }
  if (split.newCandidates !== null) assertCandidatesApart(data, seedData);
}

type Report = (task: number, problem: string) => never;

function assertTimeOrder({ index, episodes }: TestSet, report: Report): void {
  for (const { task, supportStart, supportEnd, queryStart, queryEnd } of episodes) {
    const newest = extreme(index, supportStart, supportEnd, Math.max, -Infinity);
    const oldest = extreme(index, queryStart, queryEnd, Math.min, Infinity);
    if (newest > oldest) report(task, 'a support row is later than a query row');
  }
}

function extreme(
  { rows, timestamp }: TaskIndex,
  start: number,
  end: number,
  pick: (a: number, b: number) => number,
  from: number,
): number {
  let found = from;
  for (let at = start; at < end; at++) found = pick(found, timestamp[rows[at]!]!);
  return found;
}

function assertApart({ index, episodes }: TestSet, trainRows: Uint8Array, report: Report): void {
  forEachQueryRow(index, episodes, (row, task) => {
    if (trainRows[row] === 1) report(task, 'a query row is also a training row');
  });
}

function assertEntitiesApart(set: TestSet, train: Int32Array, report: Report): void {
  if (set.trained === 'entities') return;
  const trained = new Set(train);
  for (const { task } of set.episodes) {
    if (trained.has(task)) report(task, 'a tested entity is also a training task');
  }
}

function assertAfterTraining(
  { index, episodes }: TestSet,
  trainRows: Uint8Array,
  report: Report,
): void {
  let newest = -Infinity;
  trainRows.forEach((trained, row) => {
    if (trained) newest = Math.max(newest, index.timestamp[row]!);
  });
  forEachQueryRow(index, episodes, (row, task) => {
    if (index.timestamp[row]! < newest) report(task, 'a training row is later than a query row');
  });
}

function assertCandidatesApart(
  { log }: ExperimentData,
  { tests, trainRows, seed }: Omit<SeedData, 'limits'>,
): void {
  const refs = log.refs[log.candidate]!;
  const known = new Set<number>();
  trainRows.forEach((trained, row) => {
    if (trained) known.add(refs[row]!);
  });
  for (const set of tests.filter(({ newCandidates }) => newCandidates)) {
    forEachQueryRow(set.index, set.episodes, (row, task) => {
      if (!known.has(refs[row]!)) return;
      const place = { set: set.name, task: set.index.taskIds[task]!, seed };
      throw leakFound('a new candidate has a training row', place);
    });
  }
}

function forEachQueryRow(
  { rows }: TaskIndex,
  episodes: readonly Episode[],
  visit: (row: number, task: number) => void,
): void {
  for (const { task, queryStart, queryEnd } of episodes) {
    for (let at = queryStart; at < queryEnd; at++) visit(rows[at]!, task);
  }
}
