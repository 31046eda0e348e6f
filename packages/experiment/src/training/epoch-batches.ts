import { randomCut, type Episode } from '@limaml/data';
import { noEpisodes } from '../errors.js';
import { viewsOf, type TrainingSetup } from './training-setup.js';
import type { StepEpisodes, TrainingView } from './training-view.js';

/**
 * The episodes of one epoch, step by step: every training task of the first view once, in batches, and
 * beside each of them a batch of every other view. Views with fewer tasks draw theirs again, with new cuts.
 */
export function epochBatches(setup: TrainingSetup, epoch: number): StepEpisodes[] {
  const [first, ...others] = viewsOf(setup);
  const batches = passBatches(setup, first!, 0, epoch);
  const beside = others.map((view, at) =>
    enoughBatches(setup, view, at + 1, epoch, batches.length),
  );
  return batches.map((batch, step) => [batch, ...beside.map((other) => other[step]!)]);
}

/** Streams of random numbers of an epoch's later passes. */
const PASSES = 1_000_000;

function enoughBatches(
  setup: TrainingSetup,
  view: TrainingView,
  at: number,
  epoch: number,
  count: number,
): Episode[][] {
  const batches: Episode[][] = [];
  for (let pass = 0; batches.length < count; pass++) {
    const drawn = passBatches(setup, view, at, epoch + pass * PASSES);
    if (drawn.length === 0) throw noEpisodes('training', view.model.name, setup.seed);
    batches.push(...drawn);
  }
  return batches.slice(0, count);
}

/** Every training task of a view once. */
function passBatches(
  { seed, training }: TrainingSetup,
  { encoded, tasks, limits }: TrainingView,
  at: number,
  epoch: number,
): Episode[][] {
  const { minSupport, tasksPerBatch, supportSizes } = training;
  const sizes = supportSizes === null ? {} : { supportSizes };
  const options = { ...limits, ...sizes, seed: seed + at, epoch, minSupport };
  const episodes = randomCut(encoded.tasks, tasks, options);
  const batches: Episode[][] = [];
  for (let start = 0; start < episodes.length; start += tasksPerBatch) {
    batches.push(episodes.slice(start, start + tasksPerBatch));
  }
  return batches;
}
