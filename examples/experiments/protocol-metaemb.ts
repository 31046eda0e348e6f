import { movieLensDataset } from '@limaml/data';
import { defineExperiment } from '@limaml/experiment';
import { movieEntity } from './movie-entity.ts';

/**
 * The protocol of MetaEmb (Pan et al. 2019) on MovieLens-1M, item cold start: films are the tasks and members their
 * candidates; the label is rating ≥ 4. Films with 300 ratings and more are trained on; films with 80 to 299 are new.
 * Of these the first 60 ratings are three batches of 20, a, b and c, and all others are tested: without any of the
 * batches (`support 0`, cold), with one (`support 20`, a), two (`support 40`, b) and all three (the main test set, c).
 */
const network = {
  model: 'limaml',
  options: { meta: 'history', tower: [] },
  training: {
    epochs: 20,
    tasksPerBatch: 16,
    minSupport: 0,
    supportSizes: [0, 10, 20, 40, 60],
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
  name: 'MetaEmb protocol on ML-1M',
  dataset: 'ml-1m-items',
  entity: 'movie',
  plugins: [
    movieEntity({ supportSize: 60 }),
    movieLensDataset({ name: 'ml-1m-items', candidate: 'member' }),
  ],
  split: {
    testRows: { min: 80, max: 299 },
    order: 'random',
    cut: { support: 60 },
    maxSupport: 60,
    maxQuery: 256,
    supportSizes: [0, 20, 40],
  },
  encoders: { factors: { dim: 16, target: 'rating', precision: 100 } },
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
  baselines: ['global-mean', 'item-rate', 'item-user-bias', 'logistic-mf'],
  metrics: ['auc', 'logLoss'],
  seeds: [2, 3, 4],
});
