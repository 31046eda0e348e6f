import { simulatorDataset } from '@limaml/data';
import { defineExperiment } from '@limaml/experiment';

/**
 * A simulated job marketplace, whose true probabilities are known: what it is worth to adapt members, jobs and
 * companies, alone, in pairs and all together. Every model has the same global block and the member's profile
 * in it; the sets differ in who adapts. Jobs are many and rarely seen here, so that there is something to learn
 * about each.
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

export default defineExperiment({
  name: 'entities-marketplace',
  dataset: 'sparse-marketplace',
  entity: 'member',
  plugins: [
    simulatorDataset({
      ...{ name: 'sparse-marketplace', members: 1500, jobs: 3000, companies: 150 },
      impressionsPerMember: 40,
    }),
  ],
  encoders: { factors: { dim: 8, precision: 20 } },
  models: [...SETS].reverse().map((entities) => ({
    name: entities.join(' + '),
    model: 'limaml',
    options: { meta: 'history' },
    entities,
    algorithm: {
      innerSteps: 2,
      innerLearningRate: { initial: 0.3, per: 'element' },
      supportShrinkage: 2,
      adapts: ['meta/offset'],
    },
    training: { epochs: 8, tasksPerBatch: 64, optimiser: { learningRate: 6e-3 }, patience: 3 },
    reportPrior: false,
  })),
  baselines: ['truth', 'item-rate', 'item-user-bias', 'logistic-mf', 'production', 'wide-and-deep'],
  metrics: ['auc', 'gauc', 'logLoss', 'ece'],
  cohorts: [5, 15, 40],
  seeds: [1, 2, 3],
});
