import { defineExperiment } from '@limaml/experiment';
import { zooModels } from '../zoo-models.ts';

/**
 * The model zoo on ML-1M-T, by the protocol and with the features of `ml-1m-t.ts`: what each block and each
 * baseline does when all are trained alike. Nothing is tuned to one of them.
 */
export default defineExperiment({
  name: 'zoo-ML-1M-T',
  dataset: 'ml-1m',
  entity: 'member',
  encoders: { factors: { dim: 16, target: 'rating', precision: 100 } },
  models: zooModels({
    training: {
      epochs: 8,
      tasksPerBatch: 32,
      optimiser: {
        learningRate: { default: 6e-3, 'rate/': 1.8e-2 },
        l2: { default: 1e-5, 'rate/': 0 },
      },
      schedule: { kind: 'cosine', warmup: 100 },
      averageDecay: 0.99,
      patience: 8,
    },
    targets: [{ name: 'rating', outcome: 'outcome.rating', loss: 'squared-error', weight: 0.2 }],
  }),
  metrics: ['auc', 'gauc', 'logLoss', 'ece', 'ndcg@10'],
  cohorts: [15, 40],
  seeds: [1, 2, 3],
});
