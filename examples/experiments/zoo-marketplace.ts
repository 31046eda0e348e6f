import { defineExperiment } from '@limaml/experiment';
import { zooModels } from '../zoo-models.ts';

/**
 * The model zoo on the simulated job marketplace, where tastes and their drift are known: what each block and
 * each baseline does when all are trained alike. Needs no files: the marketplace is simulated in memory.
 */
export default defineExperiment({
  name: 'zoo-marketplace',
  dataset: 'marketplace',
  entity: 'member',
  encoders: { factors: { dim: 8, precision: 20 } },
  models: zooModels({
    training: {
      epochs: 8,
      tasksPerBatch: 32,
      optimiser: {
        learningRate: { default: 6e-3, 'rate/': 1.8e-2 },
        l2: { default: 1e-5, 'rate/': 0 },
      },
      schedule: { kind: 'cosine', warmup: 50 },
      averageDecay: 0.98,
      patience: 8,
    },
    targets: [{ name: 'dwell', outcome: 'outcome.dwell', loss: 'squared-error', weight: 0.2 }],
  }),
  metrics: ['auc', 'gauc', 'logLoss', 'ece'],
  cohorts: [15, 40],
  seeds: [1, 2, 3],
});
