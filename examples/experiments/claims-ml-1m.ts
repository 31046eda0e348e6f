import { defineExperiment } from '@limaml/experiment';

/**
 * The claims of the paper on MovieLens-1M, rating ≥ 4, for members that training never saw: LiMAML beside the
 * production style network and wide & deep IDs, by size of the support set, with less support (from none on), and
 * with embeddings that are made once or after every rating. `npm run claims` reads the results.
 */
export default defineExperiment({
  name: 'Claims on ML-1M',
  dataset: 'ml-1m',
  entity: 'member',
  split: { supportSizes: [0, 1, 2, 5, 10, 20] },
  encoders: { factors: { dim: 16, target: 'rating', precision: 100 } },
  models: [
    {
      name: 'LiMAML',
      model: 'limaml',
      options: { meta: 'history', tower: [] },
      algorithm: {
        innerSteps: 3,
        innerLearningRate: { initial: 0.1, per: 'element' },
        supportShrinkage: 2,
        adapts: ['meta/offset', 'meta/gain', 'meta/skip', 'meta/tower'],
      },
      training: {
        epochs: 14,
        tasksPerBatch: 32,
        minSupport: 0,
        optimiser: {
          learningRate: { default: 6e-3, 'rate/': 1.8e-2 },
          l2: { default: 1e-5, 'rate/': 0 },
        },
        schedule: { kind: 'cosine', warmup: 100 },
        averageDecay: 0.99,
        patience: 14,
      },
    },
  ],
  baselines: ['item-rate', 'item-user-bias', 'logistic-mf', 'production', 'wide-and-deep'],
  metrics: ['auc', 'gauc', 'logLoss', 'ece'],
  cohorts: { support: [15, 40], features: ['gender', 'age'] },
  freshness: {
    policies: ['prior', 'never', { events: 20 }, 'event'],
    unit: 'events',
    distances: [1, 5, 10, 20, 40],
    maxQuery: 80,
  },
  seeds: [1, 2, 3],
});
