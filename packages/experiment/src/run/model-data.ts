import {
  fitEncoders,
  rowsOfTasks,
  type EncodedLog,
  type Encoders,
  type Episode,
  type TaskIndex,
} from '@limaml/data';
import type { ExperimentSpec } from '../spec/schema.js';
import type { ExperimentData } from './experiment-data.js';
import type { SeedData } from './seed-data.js';

/** A log encoded for one seed: what training draws from and what evaluation reads. */
export interface ModelData {
  readonly encoders: Encoders;
  readonly evaluation: EncodedLog;
  /** The same columns; held-out tasks, if they are trained on at all, end with their support set. */
  readonly training: EncodedLog;
  /** Tasks to train on. */
  readonly tasks: Int32Array;
}

/**
 * Fits encoders on the training tasks and encodes the log.
 *
 * @param withHeldOut whether the support sets of validation and test tasks are trained on too; the ids
 *   of these tasks are then known to the encoders. Statistics still come from training tasks only
 */
export function encodeForSeed(
  { log, entity, tasks }: ExperimentData,
  { seed, split, validation, test }: SeedData,
  { rateSmoothing, factors }: ExperimentSpec['encoders'],
  withHeldOut: boolean,
): ModelData {
  const trainRows = rowsOfTasks(tasks, split.train);
  const heldOut = withHeldOut ? [...validation, ...test] : [];
  const idRows = markSupport(trainRows, tasks, heldOut);
  const encoders = fitEncoders(log, entity, {
    ...{ tasks, trainRows, idRows, rateSmoothing },
    ...(factors && { factors: { ...factors, seed } }),
  });
  const evaluation = encoders.encode(log, tasks, { trainRows });
  return {
    encoders,
    evaluation,
    training: { ...evaluation, tasks: endWithSupport(tasks, heldOut) },
    tasks: Int32Array.of(...split.train, ...heldOut.map(({ task }) => task)),
  };
}

function markSupport(
  trainRows: Uint8Array,
  { rows }: TaskIndex,
  episodes: readonly Episode[],
): Uint8Array {
  const marked = trainRows.slice();
  for (const { supportStart, supportEnd } of episodes) {
    for (let at = supportStart; at < supportEnd; at++) marked[rows[at]!] = 1;
  }
  return marked;
}

/** The index with the tasks of these episodes cut down to their support sets, so that nothing later can leak. */
function endWithSupport(tasks: TaskIndex, episodes: readonly Episode[]): TaskIndex {
  const ranges = new Map(episodes.map((e) => [e.task, [e.supportStart, e.supportEnd] as const]));
  const offsets = new Int32Array(tasks.offsets.length);
  const rows = new Int32Array(tasks.rows.length);
  for (let task = 0; task + 1 < offsets.length; task++) {
    const [start, end] = ranges.get(task) ?? [tasks.offsets[task]!, tasks.offsets[task + 1]!];
    rows.set(tasks.rows.subarray(start, end), offsets[task]);
    offsets[task + 1] = offsets[task]! + end - start;
  }
  return { ...tasks, offsets, rows: rows.slice(0, offsets.at(-1)) };
}
