import { movieLensDataset } from '@limaml/data';
import { defineExperiment } from '@limaml/experiment';
import { movieEntity } from './movie-entity.ts';

/**
 * MovieLens-100K the other way round: 20 % of the movies are test movies, each a task, and members are its
 * candidates. A movie's ratings are cut in the middle; the support set is the at most 40 before the cut.
 */
export default defineExperiment({
  name: 'Items of ML-100K',
  dataset: 'ml-100k-items',
  entity: 'movie',
  plugins: [movieEntity(), movieLensDataset({ name: 'ml-100k-items', candidate: 'member' })],
  encoders: { factors: { dim: 8, target: 'rating' } },
  models: [{ name: 'LiMAML', model: 'limaml', training: { epochs: 10, tasksPerBatch: 32 } }],
  metrics: ['auc', 'gauc', 'logLoss', 'ece'],
  seeds: [1, 2, 3],
});
