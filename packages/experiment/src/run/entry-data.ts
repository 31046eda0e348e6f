import type { FeatureSchema } from '@limaml/plugin';
import { specInvalid } from '../errors.js';
import type { ExperimentSpec, ModelEntry } from '../spec/schema.js';
import type { JobContext } from './job.js';
import { createSeedData } from '../split/create-seed-data.js';
import type { SeedData } from '../split/seed-data.js';
import { encodeForSeed, type ModelData } from './model-data.js';

/** The spec as a model entry sees it: with the support size and the encoders of its own, where it has them. */
export function specOf(
  { support, encoders }: ModelEntry,
  spec: ExperimentSpec,
): Pick<ExperimentSpec, 'entity' | 'split' | 'encoders'> {
  const { entity, split } = spec;
  const maxSupport = support?.maxSize ?? split.maxSupport;
  return { entity, split: { ...split, maxSupport }, encoders: encoders ?? spec.encoders };
}

/** The log encoded as a model entry wants it. */
export async function modelDataOf(
  entry: ModelEntry,
  seed: number,
  context: Pick<JobContext, 'data' | 'seedData' | 'modelData'>,
): Promise<ModelData> {
  const { encoders, trainOnHeldOutSupport } = entry;
  if (encoders === undefined) return context.modelData(seed, trainOnHeldOutSupport);
  const seedData = await context.seedData(seed);
  return encodeForSeed(await context.data(), seedData, encoders, trainOnHeldOutSupport);
}

/** Tasks and episodes of a model: of the same tasks with the same query rows as any other, support sets of its size. */
export async function seedDataOf(
  entry: ModelEntry,
  seed: number,
  context: Pick<JobContext, 'spec' | 'data' | 'seedData'>,
): Promise<SeedData> {
  if (entry.support === undefined) return context.seedData(seed);
  return createSeedData(await context.data(), specOf(entry, context.spec), seed);
}

/**
 * The schema that a model is made for: with the meta features that its entry chooses.
 *
 * @throws LIMAML_ERR_EXPERIMENT_SPEC_INVALID when one of them is none of the entity's
 */
export function schemaOf(
  { name, metaFeatures }: Pick<ModelEntry, 'name' | 'metaFeatures'>,
  schema: FeatureSchema,
): FeatureSchema {
  if (metaFeatures === undefined) return schema;
  const unknown = metaFeatures.find((feature) => !schema.metaFeatures.includes(feature));
  if (unknown === undefined) return { ...schema, metaFeatures };
  const known = schema.metaFeatures.join(', ') || 'none';
  const problem = `"${unknown}" is no meta feature of the entity "${schema.entity}"`;
  throw specInvalid(`models "${name}".metaFeatures`, problem, `It has ${known}`);
}
