import { fingerprintOf } from '@limaml/data';
import type { z } from 'zod';
import { modelEntrySchema, type ModelEntry, type NetworkBaselineName } from './schema.js';

/** A few epochs are enough: early stopping ends them. */
const TRAINING = { epochs: 10, tasksPerBatch: 64, patience: 3 };

/** What is trained for each of the names, with the plugin of that name. */
const ENTRIES: Readonly<Record<NetworkBaselineName, z.input<typeof modelEntrySchema>>> = {
  production: {
    name: 'production style',
    model: 'production',
    algorithm: { innerSteps: 0 },
    training: TRAINING,
  },
  'wide-and-deep': {
    name: 'wide & deep, IDs',
    model: 'wide-and-deep',
    algorithm: { innerSteps: 0 },
    training: TRAINING,
    trainOnHeldOutSupport: true,
  },
};

/** Model entries of baselines that are networks, but for those that are among the models already. */
export function networkBaselines(
  names: readonly NetworkBaselineName[],
  models: readonly { readonly model: string }[],
): z.output<typeof modelEntrySchema>[] {
  const missing = names.filter((name) => !models.some(({ model }) => model === name));
  return missing.map((name) => modelEntrySchema.parse(ENTRIES[name]));
}

/** The baseline that a model entry was made from, when it is exactly that. */
export function baselineOf(entry: ModelEntry): NetworkBaselineName | undefined {
  const names = Object.keys(ENTRIES) as NetworkBaselineName[];
  const made = (name: NetworkBaselineName): ModelEntry => modelEntrySchema.parse(ENTRIES[name]);
  return names.find((name) => fingerprintOf(made(name)) === fingerprintOf(entry));
}
