import { defineExperiment } from '@limaml/experiment';

/**
 * ML-1M-T: MovieLens-1M, rating ≥ 4, 20 % of the members are test members. Each member's ratings are cut
 * in the middle; the support set is the at most 40 ratings before the cut, the query set the at most 40
 * from it on.
 *
 * The candidate's factors are fitted to the ratings of training members, cross-fitted over five folds; the
 * baselines see labels only. The inner loop moves the offset of the meta embedding, which with one
 * embedding per member is all that a gradient step on the last layer can move.
 */
export default defineExperiment({
  name: 'ML-1M-T',
  dataset: 'ml-1m',
  entity: 'member',
  encoders: { factors: { dim: 16, target: 'rating', precision: 100 } },
  models: [
    {
      name: 'LiMAML',
      model: 'limaml',
      options: { meta: 'history', tower: [] },
      algorithm: {
        innerSteps: 6,
        innerLearningRate: { initial: 1, per: 'element' },
        supportShrinkage: 2,
        adapts: ['meta/offset'],
      },
      training: {
        epochs: 14,
        tasksPerBatch: 32,
        optimiser: {
          learningRate: { default: 6e-3, 'rate/': 1.8e-2 },
          l2: { default: 1e-5, 'rate/': 0 },
        },
        schedule: { kind: 'cosine', warmup: 100 },
        averageDecay: 0.99,
        patience: 14,
      },
      reportPrior: true,
    },
    {
      name: 'production style',
      model: 'production',
      algorithm: { innerSteps: 0 },
      training: { epochs: 10, tasksPerBatch: 64, patience: 3 },
    },
    {
      name: 'wide & deep, IDs',
      model: 'wide-and-deep',
      algorithm: { innerSteps: 0 },
      training: { epochs: 10, tasksPerBatch: 64, patience: 3 },
      trainOnHeldOutSupport: true,
    },
  ],
  metrics: ['auc', 'gauc', 'logLoss', 'ece', 'ndcg@10'],
  cohorts: [15, 40],
  seeds: [1, 2, 3],
});
