import { defineExperiment } from '@limaml/experiment';

/**
 * The click task of RecBole-MetaRec on MovieLens-100K: members with 13 to 100 ratings, 8:1:1 at random; the label is
 * rating ≥ 4; 10 random ratings of a member are the query set, all others the support set. A test set has 58 or 59
 * members, so there are fifteen seeds.
 */
const network = {
  model: 'limaml',
  options: { meta: 'history', tower: [] },
  training: {
    epochs: 20,
    tasksPerBatch: 16,
    optimiser: {
      learningRate: { default: 3e-3, 'rate/': 9e-3 },
      l2: { default: 1e-4, 'rate/': 0 },
    },
    schedule: { kind: 'cosine' as const, warmup: 50 },
    averageDecay: 0.98,
    patience: 20,
    monitor: 'logLoss',
  },
};

export default defineExperiment({
  name: 'RecBole-MetaRec protocol on ML-100K',
  dataset: 'ml-100k',
  entity: 'member',
  split: {
    testShare: 0.1,
    validationShare: 1 / 9,
    order: 'random',
    rows: { min: 13, max: 100 },
    cut: { query: 10 },
    maxSupport: 90,
    maxQuery: 40,
  },
  encoders: { newCandidates: true, factors: { dim: 8, target: 'rating', precision: 100 } },
  models: [
    {
      ...network,
      name: 'LiMAML',
      algorithm: {
        innerSteps: 3,
        innerLearningRate: { initial: 0.1, per: 'parameter' },
        supportShrinkage: 2,
        adapts: ['meta/offset', 'meta/gain', 'meta/skip', 'meta/tower'],
      },
    },
    { ...network, name: 'no inner loop', algorithm: { innerSteps: 0 } },
  ],
  baselines: ['global-mean', 'item-rate', 'item-user-bias', 'logistic-mf'],
  metrics: ['precision@5', 'recall@5', 'hit-rate@5', 'ndcg@5', 'mrr@5', 'gauc'],
  seeds: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
});
