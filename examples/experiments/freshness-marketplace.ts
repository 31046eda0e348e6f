import { simulatorDataset } from '@limaml/data';
import { defineExperiment } from '@limaml/experiment';

/**
 * A simulated job marketplace, replayed from a day on: models are trained on the first 80 days, and the last 40 are
 * scored with embeddings that are never made, made once, weekly, daily, and after every visit. Tastes change: after 60
 * days they have kept a correlation of 1/e with what they were. The true click probability is known, so that the
 * rankings are compared as an online test would compare them.
 */
const marketplace = simulatorDataset({
  name: 'drifting-marketplace',
  members: 2000,
  days: 120,
  impressionsPerMember: 120,
  tasteDays: 60,
});

const network = {
  training: { epochs: 6, tasksPerBatch: 64, optimiser: { learningRate: 6e-3 } },
};

export default defineExperiment({
  name: 'Freshness on the marketplace',
  dataset: 'drifting-marketplace',
  plugins: [marketplace],
  entity: 'member',
  split: { by: 'global-time', cut: '2025-03-22T00:00:00Z', minSupport: 0 },
  encoders: { factors: { dim: 8, precision: 20 } },
  models: [
    {
      name: 'LiMAML',
      model: 'limaml',
      options: { meta: 'history' },
      algorithm: {
        innerSteps: 2,
        innerLearningRate: { initial: 0.5, per: 'element' },
        supportShrinkage: 2,
        adapts: ['meta/offset'],
      },
      training: { ...network.training, minSupport: 0, averageDecay: 0.95 },
      reportPrior: false,
    },
    {
      ...network,
      name: 'production style',
      model: 'production',
      algorithm: { innerSteps: 0 },
    },
    {
      ...network,
      name: 'wide & deep, IDs',
      model: 'wide-and-deep',
      algorithm: { innerSteps: 0 },
    },
  ],
  baselines: ['item-rate', 'logistic-mf'],
  metrics: ['auc', 'gauc', 'logLoss'],
  cohorts: { support: [1, 10, 40], known: true },
  freshness: {
    policies: ['prior', 'never', { hours: 24 * 7 }, 'daily', 'event'],
    distances: [1, 2, 7, 14, 28],
    together: 60,
  },
  seeds: [1, 2, 3],
});
