import {
  cutTasks,
  shuffleRows,
  type CutOptions,
  type Episode,
  type EpisodeLimits,
  type TaskIndex,
} from '@limaml/data';
import { noEpisodes } from '../errors.js';
import type { ExperimentData } from '../run/experiment-data.js';
import type { ExperimentSpec, SplitSpec } from '../spec/schema.js';
import { divideEntities, hasRows } from './divide-entities.js';
import { divideAtMoment, divideEachEntity } from './divide-time.js';
import { assertNoLeak } from './leaks.js';
import { partCandidates, type CandidateParts } from './new-candidates.js';
import type { Division, SeedData, TestSet } from './seed-data.js';

/** Name of the main test set. */
export const MAIN_TEST = 'test';

/**
 * Divides a log as a spec says and checks that nothing of what is tested can be learnt in training.
 *
 * @throws LIMAML_ERR_EXPERIMENT_NO_EPISODES when there is nothing to test
 * @throws LIMAML_ERR_EXPERIMENT_LEAK, …_CANDIDATE_COLUMN
 */
export function createSeedData(
  data: ExperimentData,
  { split }: Pick<ExperimentSpec, 'split'>,
  seed: number,
): SeedData {
  const limits = episodeLimits(data, split);
  const options = { ...limits, minSupport: split.minSupport };
  const ordered = split.order === 'random' ? shuffleRows(data.tasks, seed) : data.tasks;
  const parts = partCandidates(data.log, ordered, split.newCandidates, seed);
  const division = divide(parts.known, split, seed, options);
  const main = { name: MAIN_TEST, index: parts.known, episodes: division.test };
  if (main.episodes.length === 0) throw noEpisodes('test', data.log.name, seed);
  const seedData = {
    ...{ seed, limits, train: division.train, training: division.training },
    trainRows: maskRows(division, data.log.rows),
    validation: { name: 'validation', index: parts.known, episodes: division.validation },
    tests: [main, ...furtherTests(main, parts, division, split, options)],
  } as const;
  assertNoLeak(data, split, seedData);
  return seedData;
}

/** In random order there is no time to look back on. */
function episodeLimits({ entity }: ExperimentData, split: SplitSpec): EpisodeLimits {
  const { maxSupport, maxQuery, ties } = split;
  const { window } = entity.support;
  const sizes = { maxSupport, maxQuery };
  if (split.order === 'random') return sizes;
  return { ...sizes, ties, ...(window === undefined ? {} : { window }) };
}

function divide(tasks: TaskIndex, split: SplitSpec, seed: number, options: CutOptions): Division {
  switch (split.by) {
    case 'new-entity':
      return divideEntities(tasks, split, seed, options);
    case 'entity-time':
      return divideEachEntity(tasks, split, options);
    case 'global-time':
      return divideAtMoment(tasks, split, options);
  }
}

/** Mask of the rows of the log that the training tasks own. */
function maskRows({ training: { rows, offsets }, train }: Division, length: number): Uint8Array {
  const mask = new Uint8Array(length);
  for (const task of train) {
    for (let at = offsets[task]!; at < offsets[task + 1]!; at++) mask[rows[at]!] = 1;
  }
  return mask;
}

/** New candidates, trained entities, and the main test with less support. */
function furtherTests(
  main: TestSet,
  { known, fresh }: CandidateParts,
  { train, existing, tested, testCut }: Division,
  split: SplitSpec,
  options: CutOptions,
): TestSet[] {
  const cut = (index: TaskIndex, tasks: Int32Array): Pick<TestSet, 'index' | 'episodes'> => {
    const fitting = tasks.filter((task) => hasRows(index, task, split.rows));
    return { index, episodes: cutTasks(index, fitting, options, testCut(index)) };
  };
  const sets: TestSet[] = [];
  if (fresh) sets.push({ name: 'new candidates', newCandidates: true, ...cut(fresh, tested) });
  if (fresh && split.testTrained) {
    const name = 'trained entities, new candidates';
    sets.push({ name, trained: 'entities', newCandidates: true, ...cut(fresh, existing) });
  }
  if (split.testTrained) sets.push({ name: 'trained rows', trained: 'rows', ...cut(known, train) });
  return [...sets, ...split.supportSizes.map((size) => withSupport(main, size))];
}

/** The same query sets with the newest rows of the support sets only. */
function withSupport({ index, episodes }: TestSet, size: number): TestSet {
  const shorten = (episode: Episode): Episode => ({
    ...episode,
    supportStart: Math.max(episode.supportStart, episode.supportEnd - size),
  });
  return { name: `support ${size}`, index, episodes: episodes.map(shorten) };
}
