import { movieLensDataset } from '@limaml/data';
import { defineExperiment } from '@limaml/experiment';

/**
 * The protocol of MeLU (Lee et al. 2019) on MovieLens-1M: films from 1998 on are new items, 20 % of the members are new
 * users, and only members with 13 to 100 ratings of a part count; 10 random ratings of each are the query set, all
 * others the support set. The label is the rating, the loss is squared.
 *
 * The four scenarios are the test sets: `test` is new users on existing items, `new candidates` new users on new items,
 * `trained entities, new candidates` existing users on new items, and `trained rows` what MeLU reports as existing users
 * on existing items: the rows that were trained on.
 */
const training = {
  epochs: 6,
  tasksPerBatch: 32,
  optimiser: {
    learningRate: 6e-3,
    l2: { default: 1e-5, 'rate/': 0 },
  },
  schedule: { kind: 'cosine' as const, warmup: 50 },
  averageDecay: 0.98,
  clipNorm: 1,
  patience: 6,
  monitor: 'rmse',
};

const network = { model: 'limaml', options: { meta: 'history', tower: [] }, training };
const loss = 'squared-error' as const;

export default defineExperiment({
  name: 'MeLU protocol on ML-1M',
  dataset: 'ml-1m-ratings',
  entity: 'member',
  plugins: [movieLensDataset({ name: 'ml-1m-ratings', labelRule: 'rating' })],
  split: {
    order: 'random',
    rows: { min: 13, max: 100 },
    cut: { query: 10 },
    maxSupport: 90,
    maxQuery: 40,
    newCandidates: { column: 'year', from: 1998 },
    testTrained: true,
  },
  encoders: { newCandidates: true, factors: { dim: 8, target: 'rating' } },
  models: [
    {
      ...network,
      name: 'LiMAML',
      algorithm: {
        loss,
        innerSteps: 3,
        innerClipNorm: 1,
        innerLearningRate: { initial: 0.02, per: 'parameter' },
        supportShrinkage: 2,
        adapts: ['meta/offset', 'meta/gain', 'meta/skip', 'meta/tower'],
      },
    },
    { ...network, name: 'no inner loop', algorithm: { loss, innerSteps: 0 } },
  ],
  baselines: ['global-mean', 'item-rate', 'item-user-bias', 'logistic-mf'],
  metrics: ['mae', 'rmse', 'ndcg-linear@1', 'ndcg-linear@3'],
  seeds: [2, 3, 4],
});
