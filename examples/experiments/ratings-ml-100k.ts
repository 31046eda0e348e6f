import { movieLensDataset } from '@limaml/data';
import { defineExperiment } from '@limaml/experiment';

/**
 * Ratings of MovieLens-100K as numbers. Squared errors have larger gradients than log-losses, so inner steps are
 * short and outer gradients are clipped.
 */
const training = {
  epochs: 12,
  tasksPerBatch: 32,
  optimiser: { learningRate: 6e-3, l2: { default: 1e-5, 'rate/': 0 } },
  schedule: { kind: 'cosine' as const, warmup: 20 },
  averageDecay: 0.95,
  clipNorm: 1,
  patience: 12,
  monitor: 'rmse',
};

const loss = 'squared-error' as const;

export default defineExperiment({
  name: 'Ratings of ML-100K',
  dataset: 'ml-100k-ratings',
  entity: 'member',
  plugins: [movieLensDataset({ name: 'ml-100k-ratings', labelRule: 'rating' })],
  encoders: { factors: { dim: 8, target: 'rating' } },
  models: [
    {
      name: 'LiMAML',
      model: 'limaml',
      options: { meta: 'history', tower: [] },
      algorithm: {
        loss,
        innerSteps: 3,
        innerLearningRate: { initial: 0.02, per: 'parameter' },
        supportShrinkage: 2,
        adapts: ['meta/offset', 'meta/gain', 'meta/skip', 'meta/tower'],
      },
      training,
    },
    { name: 'production style', model: 'production', algorithm: { loss, innerSteps: 0 }, training },
  ],
  baselines: ['global-mean', 'item-rate', 'item-user-bias', 'logistic-mf'],
  metrics: ['mae', 'rmse'],
  seeds: [1, 2, 3],
});
