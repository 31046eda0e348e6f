import { defineExperiment } from '@limaml/experiment';

export default defineExperiment({
  name: 'joint',
  dataset: 'marketplace',
  entity: 'member',
  models: [
    {
      ...{ name: 'Joint', model: 'limaml', entities: ['member', 'job'], snapshots: 2 },
      options: { meta: 'entity', tower: [8], candidateDim: 4 },
      algorithm: { innerSteps: 1, adapts: ['meta/offset'] },
      training: { epochs: 1, tasksPerBatch: 16 },
    },
  ],
  baselines: ['global-mean'],
  metrics: ['auc'],
  seeds: [1],
});
