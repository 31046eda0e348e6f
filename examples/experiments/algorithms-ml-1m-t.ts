import { defineExperiment } from '@limaml/experiment';

/**
 * Every algorithm on ML-1M-T (see `ml-1m-t.ts`), with one small network. Its meta block knows a member's
 * profile only, so that all that a support set tells has to come through the inner loop: a comparison of
 * algorithms, not the best network for the data.
 *
 * Outer loop, batches and epochs are the same for all. The inner rate (its first value, where it is learned) was
 * chosen for each row by the validation tasks of seed 1, among two or three values; Meta-SGD has the first one that
 * was tried, and MAML++ that of LSLR.
 */
const network = {
  model: 'limaml',
  options: { meta: 'entity', hidden: 32, tower: [] },
  training: {
    epochs: 8,
    tasksPerBatch: 32,
    optimiser: {
      learningRate: { default: 6e-3, 'rate/': 3e-2 },
      l2: { default: 1e-5, 'rate/': 0 },
    },
    schedule: { kind: 'cosine' as const, warmup: 50 },
    averageDecay: 0.99,
    patience: 8,
  },
  reportPrior: false,
};

const perElement = (initial: number) => ({ initial, per: 'element' as const });
const perStep = (initial: number) => ({ initial, per: 'parameter-step' as const });

export default defineExperiment({
  name: 'Algorithms on ML-1M-T',
  dataset: 'ml-1m',
  entity: 'member',
  encoders: { factors: { dim: 16, target: 'rating', precision: 100 } },
  models: [
    {
      ...network,
      name: 'MAML, K = 1',
      algorithm: { preset: 'maml', innerSteps: 1, innerLearningRate: 1 },
    },
    {
      ...network,
      name: 'MAML, K = 3',
      algorithm: { preset: 'maml', innerSteps: 3, innerLearningRate: 0.4 },
    },
    {
      ...network,
      name: 'FOMAML, K = 3',
      algorithm: { preset: 'fomaml', innerSteps: 3, innerLearningRate: 0.4 },
    },
    {
      ...network,
      name: 'ANIL, K = 3',
      algorithm: { preset: 'anil', innerSteps: 3, innerLearningRate: 1 },
    },
    {
      ...network,
      name: 'BOIL, K = 3',
      algorithm: { preset: 'boil', innerSteps: 3, innerLearningRate: 2 },
    },
    {
      ...network,
      name: 'Meta-SGD, K = 3',
      algorithm: { preset: 'meta-sgd', innerSteps: 3, innerLearningRate: perElement(1) },
    },
    {
      ...network,
      name: 'LSLR, K = 3',
      algorithm: { preset: 'maml', innerSteps: 3, innerLearningRate: perStep(0.4) },
    },
    {
      ...network,
      name: 'MAML++, K = 3',
      algorithm: {
        ...{ preset: 'maml-plus-plus', innerSteps: 3, innerLearningRate: perStep(0.4) },
        ...{ stepLoss: { anneal: 4 }, firstOrderEpochs: 2 },
      },
    },
    {
      ...network,
      name: 'iMAML, K = 10',
      algorithm: { preset: 'imaml', innerSteps: 10, innerLearningRate: 1, proximal: 0.05 },
    },
    {
      ...network,
      name: 'Reptile, K = 3',
      algorithm: { preset: 'reptile', innerSteps: 3, innerLearningRate: 1 },
    },
    {
      ...network,
      name: 'proximal MAML, K = 3',
      algorithm: { preset: 'maml', innerSteps: 3, innerLearningRate: 0.4, proximal: 0.05 },
    },
    {
      ...network,
      name: 'MAML with momentum, K = 3',
      algorithm: {
        ...{ preset: 'maml', innerSteps: 3, innerLearningRate: 0.25 },
        innerOptimiser: { kind: 'momentum', beta: 0.5 },
      },
    },
    {
      ...network,
      name: 'MAML with Adam, K = 3',
      algorithm: {
        ...{ preset: 'maml', innerSteps: 3, innerLearningRate: 0.03 },
        innerOptimiser: { kind: 'adam', epsilon: 0.01 },
      },
    },
    {
      ...network,
      name: 'MetaEmb',
      algorithm: { preset: 'meta-emb', innerLearningRate: 3 },
    },
    {
      ...network,
      name: 'fine-tuning, K = 3',
      algorithm: { preset: 'fine-tuning', innerSteps: 3, innerLearningRate: 0.6 },
    },
    { ...network, name: 'no adaptation', algorithm: { innerSteps: 0 } },
  ],
  baselines: [],
  metrics: ['auc', 'gauc', 'logLoss'],
  cohorts: [40],
  seeds: [1, 2, 3],
});
