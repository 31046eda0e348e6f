import { defineExperiment } from '@limaml/experiment';

/**
 * Views of jobs by members; the label is a view longer than the median. Most members have one or two views, so
 * most of what can be known of a test member is the profile; cohorts say what views add. All sets of entity types
 * are compared in `entities-job-views.ts`.
 */
export default defineExperiment({
  name: 'job-views',
  dataset: 'job-views',
  entity: 'member',
  models: [
    {
      name: 'LiMAML',
      model: 'limaml',
      options: {
        meta: 'entity',
        candidateDim: 4,
        featureDim: 4,
        tower: [16],
        wholeTableLimit: 8192,
      },
      algorithm: {
        innerSteps: 2,
        innerLearningRate: { initial: 0.3, per: 'parameter' },
        supportShrinkage: 2,
        adapts: ['meta/offset'],
      },
      training: {
        epochs: 15,
        tasksPerBatch: 32,
        optimiser: { learningRate: 3e-3, l2: { default: 1e-5, 'table/': 1e-3 } },
        patience: 4,
        monitor: 'logLoss',
      },
    },
  ],
  metrics: ['auc', 'gauc', 'logLoss', 'ece'],
  cohorts: [2, 8],
  seeds: [1, 2, 3, 4, 5],
});
