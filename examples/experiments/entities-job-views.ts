import { attribute, compositeEntity } from '@limaml/plugin';
import { defineExperiment } from '@limaml/experiment';
import { memberEntity } from '@limaml/entity-member';

/**
 * Real views of jobs by members, with companies; the label is a view longer than the median. The log is small
 * (10,575 rows, 3,448 members, most of them with one or two views), so intervals are wide. Members, jobs and
 * companies adapt alone, in pairs and all together, and pairs of a member and a state of jobs by themselves.
 */
const SETS = [
  ['member'],
  ['job'],
  ['company'],
  ['member', 'job'],
  ['member', 'company'],
  ['job', 'company'],
  ['member', 'job', 'company'],
];

const model = {
  model: 'limaml',
  options: { meta: 'entity', candidateDim: 4, featureDim: 4, tower: [16], wholeTableLimit: 8192 },
  algorithm: {
    innerSteps: 2,
    innerLearningRate: { initial: 0.3, per: 'parameter' as const },
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
  reportPrior: false,
};

export default defineExperiment({
  name: 'entities-job-views',
  dataset: 'job-views',
  entity: 'member',
  plugins: [
    compositeEntity({ name: 'member-state', of: [memberEntity(), attribute('job', 'state')] }),
  ],
  models: [
    ...[...SETS].reverse().map((entities) => ({ ...model, entities, name: entities.join(' + ') })),
    { ...model, entities: ['member', 'member-state'], name: 'member + member × state' },
  ],
  metrics: ['auc', 'gauc', 'logLoss', 'ece'],
  cohorts: [3, 8],
  seeds: [1, 2, 3, 4, 5],
});
