import { defineExperiment } from '@limaml/experiment';

/**
 * ML-100K-T: MovieLens-100K cut like `ml-1m-t.ts`: rating ≥ 4, 20 % of the members are test members, each
 * member's ratings are cut in the middle, at most 40 of them on either side. 943 members are few: batches are
 * smaller, candidates have half as many factors, and intervals are wide.
 */
const options = { meta: 'history', tower: [] };

const network = {
  model: 'limaml',
  options,
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
  },
};

export default defineExperiment({
  name: 'ML-100K-T',
  dataset: 'ml-100k',
  entity: 'member',
  encoders: { factors: { dim: 8, target: 'rating', precision: 100 } },
  models: [
    {
      ...network,
      name: 'LiMAML',
      algorithm: {
        innerSteps: 3,
        innerLearningRate: { initial: 0.1, per: 'element' },
        supportShrinkage: 2,
        adapts: ['meta/offset', 'meta/gain', 'meta/skip', 'meta/tower'],
      },
    },
    { ...network, name: 'no inner loop', algorithm: { innerSteps: 0 } },
  ],
  metrics: ['auc', 'gauc', 'logLoss', 'ece', 'ndcg@10'],
  cohorts: [15, 40],
  seeds: [1, 2, 3],
});
