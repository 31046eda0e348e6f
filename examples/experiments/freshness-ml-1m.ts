import { defineExperiment } from '@limaml/experiment';

/**
 * MovieLens-1M, rating ≥ 4: what fresh embeddings are worth to members that training never saw, by the number of
 * ratings since their embedding was made. Members rate most films within a day, so distances are counted in ratings.
 */
export default defineExperiment({
  name: 'Freshness on ML-1M',
  dataset: 'ml-1m',
  entity: 'member',
  split: { cut: { support: 20 } },
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
      reportPrior: false,
    },
  ],
  baselines: ['item-rate', 'item-user-bias', 'logistic-mf'],
  metrics: ['auc', 'gauc', 'logLoss'],
  cohorts: [],
  freshness: {
    policies: ['prior', 'never', { events: 20 }, 'event'],
    unit: 'events',
    distances: [1, 5, 10, 20, 40, 80],
    maxQuery: 160,
  },
  seeds: [1, 2, 3],
});
