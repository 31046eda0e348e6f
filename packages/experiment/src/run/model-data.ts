import {
  fitEncoders,
  keepRows,
  type EncodedLog,
  type Encoders,
  type Episode,
  type TaskIndex,
} from '@limaml/data';
import type { ExperimentSpec } from '../spec/schema.js';
import type { ExperimentData } from './experiment-data.js';
import type { SeedData } from '../split/seed-data.js';

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
  { log, entity }: ExperimentData,
  seedData: SeedData,
  { rateSmoothing, factors, newCandidates }: ExperimentSpec['encoders'],
  withHeldOut: boolean,
): ModelData {
  const { seed, train, training, trainRows, validation } = seedData;
  const { index } = validation;
  const heldOut = withHeldOut ? heldOutEpisodes(seedData) : [];
  const idRows = markSupport(trainRows, index, heldOut);
  const encoders = fitEncoders(log, entity, {
    ...{ tasks: index, trainRows, idRows, rateSmoothing, newCandidates },
    ...(factors && { factors: { ...factors, seed } }),
  });
  const evaluation = encoders.encode(log, index, { trainRows });
  return {
    encoders,
    evaluation,
    training: { ...evaluation, tasks: endWithSupport(training, heldOut) },
    tasks: Int32Array.of(...train, ...heldOut.map(({ task }) => task)),
  };
}

/** Episodes of entities that are held out; where rows are divided in time, training has their entities. */
function heldOutEpisodes({ train, validation, tests }: SeedData): Episode[] {
  const trained = new Set(train);
  return [...validation.episodes, ...tests[0].episodes].filter(({ task }) => !trained.has(task));
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
  const supports = new Map(episodes.map((episode) => [episode.task, episode]));
  const taskOf = taskOfPositions(tasks);
  return keepRows(tasks, (_, position) => {
    const episode = supports.get(taskOf[position]!);
    if (episode === undefined) return true;
    return position >= episode.supportStart && position < episode.supportEnd;
  });
}

function taskOfPositions({ offsets, rows }: TaskIndex): Int32Array {
  const taskOf = new Int32Array(rows.length);
  for (let task = 0; task + 1 < offsets.length; task++) {
    taskOf.fill(task, offsets[task], offsets[task + 1]);
  }
  return taskOf;
}
