import { choice, defineSweep, logUniform } from '@limaml/experiment';
import quickstart from './quickstart.ts';

/** Which rates and how many inner steps suit LiMAML of the quickstart. */
export default defineSweep({
  experiment: quickstart,
  model: 'LiMAML',
  space: {
    'training.optimiser.learningRate': logUniform(1e-3, 5e-2),
    'algorithm.innerSteps': choice([1, 2, 4]),
    'algorithm.innerLearningRate.initial': logUniform(0.05, 2),
    'algorithm.supportShrinkage': choice([0, 2, 8]),
    'options.hidden': choice([32, 64]),
  },
  search: 'asha',
  trials: 18,
  asha: { minEpochs: 1, reduction: 2 },
});
