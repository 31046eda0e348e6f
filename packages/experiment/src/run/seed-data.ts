import {
  halfCut,
  splitTasks,
  timeCut,
  type Episode,
  type EpisodeLimits,
  type TaskSplit,
} from '@limaml/data';
import type { ObservedRows } from '../baselines/baseline.js';
import { noEpisodes } from '../errors.js';
import type { ExperimentSpec, SplitSpec } from '../spec/schema.js';
import type { ExperimentData } from './experiment-data.js';

/** One division of the tasks into training, validation and test tasks, with the episodes to evaluate. */
export interface SeedData {
  readonly seed: number;
  readonly split: TaskSplit;
  readonly limits: EpisodeLimits;
  readonly validation: readonly Episode[];
  readonly test: readonly Episode[];
}

/** @throws LIMAML_ERR_EXPERIMENT_NO_EPISODES when there is nothing to test */
export function createSeedData(data: ExperimentData, spec: ExperimentSpec, seed: number): SeedData {
  const { testShare, validationShare } = spec.split;
  const split = splitTasks(data.tasks, { seed, testShare, validationShare });
  const limits = episodeLimits(data, spec.split);
  const [validation, test] = [split.validation, split.test].map((chosen) =>
    spec.split.cut === 'half'
      ? halfCut(data.tasks, chosen, limits)
      : timeCut(data.tasks, chosen, Date.parse(spec.split.cut), limits),
  ) as [Episode[], Episode[]];
  if (test.length === 0) throw noEpisodes('test', data.log.name, seed);
  return { seed, split, limits, validation, test };
}

function episodeLimits({ entity }: ExperimentData, split: SplitSpec): EpisodeLimits {
  const { maxSupport, maxQuery, ties } = split;
  const { window } = entity.support;
  return { maxSupport, maxQuery, ties, ...(window === undefined ? {} : { window }) };
}

/** What host-side baselines see: candidate and label of each position of the task index. */
export function observeRows({ log, tasks }: ExperimentData): ObservedRows {
  const candidates = log.entities[log.candidate]!.ids.length;
  const refs = log.refs[log.candidate]!;
  return {
    candidates: candidates + 1,
    candidate: tasks.rows.map((row) => (refs[row]! < 0 ? candidates : refs[row]!)),
    label: Float32Array.from(tasks.rows, (row) => log.label[row]!),
    offsets: tasks.offsets,
    ...(log.trueProbability && {
      truth: Float32Array.from(tasks.rows, (row) => log.trueProbability![row]!),
    }),
  };
}
