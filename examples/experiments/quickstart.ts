import { defineExperiment } from '@limaml/experiment';

/** A simulated job marketplace: LiMAML beside one network for everybody, ID embeddings and simple baselines. */
export default defineExperiment({
  name: 'quickstart',
  dataset: 'marketplace',
  entity: 'member',
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
      training: {
        epochs: 4,
        tasksPerBatch: 64,
        optimiser: { learningRate: 8e-3 },
        averageDecay: 0.95,
      },
    },
    {
      name: 'production style',
      model: 'production',
      algorithm: { innerSteps: 0 },
      training: { epochs: 5, tasksPerBatch: 64, optimiser: { learningRate: 6e-3 } },
    },
    {
      name: 'wide & deep, IDs',
      model: 'wide-and-deep',
      algorithm: { innerSteps: 0 },
      training: { epochs: 5, tasksPerBatch: 64, optimiser: { learningRate: 6e-3 } },
      trainOnHeldOutSupport: true,
    },
  ],
  metrics: ['auc', 'gauc', 'logLoss', 'ece'],
  seeds: [1, 2, 3],
});
