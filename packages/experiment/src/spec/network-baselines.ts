import type { z } from 'zod';
import { modelEntrySchema, type NetworkBaselineName } from './schema.js';

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
