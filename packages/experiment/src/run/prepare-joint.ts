import { createJointData, type JointData } from '../joint/joint-data.js';
import { createSnapshots, type Snapshots } from '../joint/snapshots.js';
import { createPredictor, type Predictor } from '../evaluation/predictor.js';
import type { ModelEntry } from '../spec/schema.js';
import type { TrainingSetup } from '../training/training-setup.js';
import { modelDataOf, seedDataOf, specOf } from './entry-data.js';
import type { Job, JobContext } from './job.js';
import { batchSizes, type PreparedModel } from './prepare-model.js';

/**
 * What a model of several entity types is trained and evaluated with. The episodes that are evaluated are those
 * of any other model; their rows read embeddings of the other types made with the weights to evaluate, by the
 * rule of training.
 */
export async function prepareJoint(
  entry: ModelEntry,
  { name, seed }: Job,
  context: JobContext,
): Promise<PreparedModel> {
  const { registry } = context;
  const spec = specOf(entry, context.spec);
  const seedData = await seedDataOf(entry, seed, context);
  const modelData = await modelDataOf(entry, seed, context);
  const data = await context.data();
  const executor = await context.executor(entry.training.workers);
  const joint = createJointData({ spec, entry, registry, data, seedData, modelData });
  const [primary, ...others] = joint.views;
  const snapshots = createSnapshots(joint.snapshots, joint.moments, executor);
  const sizes = batchSizes(entry, seedData);
  const evaluated = { ...primary!.encoded, tasks: seedData.validation.index };
  const predictor = createPredictor({ ...primary!, encoded: evaluated, executor, seed, sizes });
  const setup: TrainingSetup = {
    ...{ ...primary!, name, seed, executor, training: entry.training, others },
    ...(joint.snapshots.length > 0 && { derived: snapshots }),
    validation: seedData.validation.episodes,
    predictor: readingSnapshots(predictor, snapshots),
    monitor: registry.get('metric', entry.training.monitor),
  };
  const { encoders } = modelData;
  return { setup, encoders, evaluated, entities: otherEntities(joint) };
}

/** What is kept of the types beside the primary one. */
function otherEntities({ entities }: JointData): NonNullable<PreparedModel['entities']> {
  const [, ...others] = entities;
  const kept = others.map(([type, { encoders, limits }]) => [type, { encoders, limits }] as const);
  return Object.fromEntries(kept);
}

function readingSnapshots(predictor: Predictor, snapshots: Snapshots): Predictor {
  return {
    async predict(episodes, values, tasks) {
      await snapshots.refresh(values);
      return predictor.predict(episodes, values, tasks);
    },
    async dispose() {
      await Promise.all([predictor.dispose(), snapshots.dispose()]);
    },
  };
}
