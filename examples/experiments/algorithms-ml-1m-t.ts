import { defineExperiment } from '@limaml/experiment';
import { algorithmModels } from '../algorithm-models.ts';

/**
 * Every algorithm on ML-1M-T (see `ml-1m-t.ts`). Outer loop, batches and epochs are the same for all. The inner rate
 * (its first value, where it is learned) was chosen for each row by the validation tasks of seed 1, among two or
 * three values; Meta-SGD has the first one that was tried, and MAML++ that of LSLR.
 */
export default defineExperiment({
  name: 'Algorithms on ML-1M-T',
  dataset: 'ml-1m',
  entity: 'member',
  encoders: { factors: { dim: 16, target: 'rating', precision: 100 } },
  models: algorithmModels({
    epochs: 8,
    tasksPerBatch: 32,
    optimiser: {
      learningRate: { default: 6e-3, 'rate/': 3e-2 },
      l2: { default: 1e-5, 'rate/': 0 },
    },
    schedule: { kind: 'cosine', warmup: 50 },
    averageDecay: 0.99,
    patience: 8,
  }),
  baselines: [],
  metrics: ['auc', 'gauc', 'logLoss'],
  cohorts: [40],
  seeds: [1, 2, 3],
});
