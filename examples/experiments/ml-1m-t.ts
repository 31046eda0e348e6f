import { defineExperiment } from '@limaml/experiment';

/**
 * ML-1M-T: MovieLens-1M, rating ≥ 4, 20 % of the members are test members. Each member's ratings are cut
 * in the middle; the support set is the at most 40 ratings before the cut, the query set the at most 40
 * from it on.
 *
 * The candidate's factors are fitted to the ratings of training members, cross-fitted over folds; the
 * baselines see labels only. The meta block folds the support set into these factors and the inner loop
 * adapts the rest of it. Each of the two ways to learn from a support set is also left out, alone and
 * with the other; such networks are trained that way, too.
 */
const withFoldIn = { meta: 'history', tower: [] };
const withoutFoldIn = { ...withFoldIn, foldInSteps: 0 };

const network = {
  model: 'limaml',
  training: {
    epochs: 14,
    tasksPerBatch: 32,
    optimiser: {
      learningRate: { default: 6e-3, 'rate/': 1.8e-2 },
      l2: { default: 1e-5, 'rate/': 0 },
    },
    schedule: { kind: 'cosine' as const, warmup: 100 },
    averageDecay: 0.99,
    patience: 14,
  },
};

const innerLoop = {
  innerLearningRate: { initial: 0.1, per: 'element' as const },
  supportShrinkage: 2,
};

export default defineExperiment({
  name: 'ML-1M-T',
  dataset: 'ml-1m',
  entity: 'member',
  encoders: { factors: { dim: 16, target: 'rating', precision: 100 } },
  models: [
    {
      ...network,
      name: 'LiMAML',
      options: withFoldIn,
      algorithm: {
        ...innerLoop,
        innerSteps: 3,
        adapts: ['meta/offset', 'meta/gain', 'meta/skip', 'meta/tower'],
      },
    },
    { ...network, name: 'no inner loop', options: withFoldIn, algorithm: { innerSteps: 0 } },
    {
      ...network,
      name: 'no fold-in',
      options: withoutFoldIn,
      algorithm: { ...innerLoop, innerSteps: 6 },
      reportPrior: false,
    },
    { ...network, name: 'neither', options: withoutFoldIn, algorithm: { innerSteps: 0 } },
  ],
  metrics: ['auc', 'gauc', 'logLoss', 'ece', 'ndcg@10'],
  cohorts: [15, 40],
  seeds: [1, 2, 3],
});
