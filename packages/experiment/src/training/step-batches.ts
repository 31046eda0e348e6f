import type { Episode } from '@limaml/data';
import type { TensorMap } from '@limaml/graph';
import { createBatchFeeder, type AssembledBatch, type BatchFeeder } from './batch-feeds.js';
import type { BatchSizes } from './batch-feeds.js';
import { createDropoutMasks } from './dropout.js';
import { usesSharedMemory } from './memory.js';
import type { TrainingSetup } from './training-setup.js';

/** The batch of one outer step. */
export interface StepBatch {
  readonly feeder: BatchFeeder;
  readonly batch: AssembledBatch;
  /** Everything `[T, …]` that the step is fed, dropout masks included. */
  readonly feeds: TensorMap;
}

/** Batches of outer steps, assembled when they are asked for or before. */
export interface StepBatches {
  /** @param step number of the outer step */
  get(episodes: readonly Episode[], step: number): StepBatch;
}

/** With worker threads there are two sets of buffers: one is filled while the threads read the other. */
export function createStepBatches(setup: TrainingSetup, sizes: BatchSizes): StepBatches {
  const shared = usesSharedMemory(setup.executor);
  const slots = Array.from({ length: shared ? 2 : 1 }, () => createSlot(setup, sizes, shared));
  return {
    get: (episodes, step) => slots[step % slots.length]!(episodes, step),
  };
}

function createSlot(
  { model, algorithm, encoded, seed }: TrainingSetup,
  sizes: BatchSizes,
  shared: boolean,
): StepBatches['get'] {
  const feeder = createBatchFeeder(model, encoded, sizes, shared, true);
  const { tasks, query, support } = sizes;
  const rows = { 'noise/': query, ...(algorithm.innerDropout && { 'noise/support/': support }) };
  const dropout = createDropoutMasks(model.noise, tasks, rows, shared);
  let kept: { readonly step: number; readonly made: StepBatch } | undefined;
  return (episodes, step) => {
    if (kept?.step === step) return kept.made;
    const batch = feeder.assemble(episodes);
    const feeds = { ...batch.feeds, ...dropout.draw(seed, step) };
    kept = { step, made: { feeder, batch, feeds } };
    return kept.made;
  };
}
