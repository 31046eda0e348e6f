import { defineExperiment } from '@limaml/experiment';
import { algorithmModels } from '../algorithm-models.ts';

/** Every algorithm on the simulated job marketplace, with the inner rates that were chosen on ML-1M-T. */
export default defineExperiment({
  name: 'Algorithms on the marketplace',
  dataset: 'marketplace',
  entity: 'member',
  encoders: { factors: { dim: 8, precision: 20 } },
  models: algorithmModels({
    epochs: 8,
    tasksPerBatch: 64,
    optimiser: {
      learningRate: { default: 6e-3, 'rate/': 3e-2 },
      l2: { default: 1e-5, 'rate/': 0 },
    },
    schedule: { kind: 'cosine', warmup: 20 },
    averageDecay: 0.95,
    patience: 8,
  }),
  baselines: [],
  metrics: ['auc', 'gauc', 'logLoss'],
  cohorts: [10],
  seeds: [1, 2, 3],
});
