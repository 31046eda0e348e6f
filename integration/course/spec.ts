import { defineExperiment } from '@limaml/experiment';

export default defineExperiment({
  name: 'courses',
  dataset: 'courses',
  entity: 'course',
  models: [
    {
      name: 'LiMAML',
      model: 'limaml',
      options: { hidden: 16, tower: [16], candidateDim: 8 },
      algorithm: { innerSteps: 2 },
      training: { epochs: 2, tasksPerBatch: 16 },
    },
  ],
  baselines: ['item-rate'],
  metrics: ['auc', 'logLoss'],
  seeds: [1],
});
