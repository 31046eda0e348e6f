import type { EncodedLog, Encoders, EpisodeLimits } from '@limaml/data';
import { createPredictor } from '../evaluation/predictor.js';
import type { ModelEntry } from '../spec/schema.js';
import { algorithmOf } from '../training/algorithm.js';
import type { BatchSizes } from '../training/batch-feeds.js';
import type { TrainingSetup } from '../training/training-setup.js';
import { modelDataOf, schemaOf, seedDataOf } from './entry-data.js';
import type { Job, JobContext } from './job.js';
import type { SeedData } from '../split/seed-data.js';

/** All that is needed to train and evaluate a model. */
export interface PreparedModel {
  readonly setup: TrainingSetup;
  readonly encoders: Encoders;
  /** What test episodes read. */
  readonly evaluated: EncodedLog;
  /** Entity types beside the spec's, of a joint model. */
  readonly entities?: Readonly<
    Record<string, { readonly encoders: Encoders; readonly limits: EpisodeLimits }>
  >;
}

/** What a model of one entity type is trained and evaluated with. */
export async function prepareModel(
  entry: ModelEntry,
  { name, seed }: Job,
  context: JobContext,
): Promise<PreparedModel> {
  const seedData = await seedDataOf(entry, seed, context);
  const { encoders, evaluation, training, tasks } = await modelDataOf(entry, seed, context);
  const model = context.registry
    .get('model', entry.model)
    .create(schemaOf(entry, encoders.schema), entry.options);
  const algorithm = algorithmOf(entry.algorithm, context.registry);
  const executor = await context.executor(entry.training.workers);
  const { limits, validation } = seedData;
  const sizes = batchSizes(entry, seedData);
  const shared = { model, algorithm, executor, seed };
  const setup: TrainingSetup = {
    ...{ name, ...shared, training: entry.training, encoded: training, tasks, limits },
    validation: validation.episodes,
    predictor: createPredictor({ ...shared, encoded: evaluation, sizes }),
    monitor: context.registry.get('metric', entry.training.monitor),
  };
  return { setup, encoders, evaluated: evaluation };
}

/** Sizes of the batches of a model's episodes. */
export function batchSizes({ training }: ModelEntry, { limits }: SeedData): BatchSizes {
  return {
    tasks: training.tasksPerBatch,
    support: limits.maxSupport,
    query: limits.maxQuery,
  };
}
