import type { ExperimentOptions } from '@limaml/experiment';

/** A model of an experiment. */
type Entry = NonNullable<ExperimentOptions['models']>[number];

const perElement = (initial: number) => ({ initial, per: 'element' as const });
const perStep = (initial: number) => ({ initial, per: 'parameter-step' as const });

const ROWS: readonly Pick<Entry, 'name' | 'algorithm'>[] = [
  {
    name: 'MAML, K = 1',
    algorithm: { preset: 'maml', innerSteps: 1, innerLearningRate: 1 },
  },
  {
    name: 'MAML, K = 3',
    algorithm: { preset: 'maml', innerSteps: 3, innerLearningRate: 0.4 },
  },
  {
    name: 'FOMAML, K = 3',
    algorithm: { preset: 'fomaml', innerSteps: 3, innerLearningRate: 0.4 },
  },
  {
    name: 'ANIL, K = 3',
    algorithm: { preset: 'anil', innerSteps: 3, innerLearningRate: 1 },
  },
  {
    name: 'BOIL, K = 3',
    algorithm: { preset: 'boil', innerSteps: 3, innerLearningRate: 2 },
  },
  {
    name: 'Meta-SGD, K = 3',
    algorithm: { preset: 'meta-sgd', innerSteps: 3, innerLearningRate: perElement(1) },
  },
  {
    name: 'LSLR, K = 3',
    algorithm: { preset: 'maml', innerSteps: 3, innerLearningRate: perStep(0.4) },
  },
  {
    name: 'MAML++, K = 3',
    algorithm: {
      ...{ preset: 'maml-plus-plus', innerSteps: 3, innerLearningRate: perStep(0.4) },
      ...{ stepLoss: { anneal: 4 }, firstOrderEpochs: 2 },
    },
  },
  {
    name: 'iMAML, K = 10',
    algorithm: { preset: 'imaml', innerSteps: 10, innerLearningRate: 1, proximal: 0.05 },
  },
  {
    name: 'Reptile, K = 3',
    algorithm: { preset: 'reptile', innerSteps: 3, innerLearningRate: 1 },
  },
  {
    name: 'proximal MAML, K = 3',
    algorithm: { preset: 'maml', innerSteps: 3, innerLearningRate: 0.4, proximal: 0.05 },
  },
  {
    name: 'MAML with momentum, K = 3',
    algorithm: {
      ...{ preset: 'maml', innerSteps: 3, innerLearningRate: 0.25 },
      innerOptimiser: { kind: 'momentum', beta: 0.5 },
    },
  },
  {
    name: 'MAML with Adam, K = 3',
    algorithm: {
      ...{ preset: 'maml', innerSteps: 3, innerLearningRate: 0.03 },
      innerOptimiser: { kind: 'adam', epsilon: 0.01 },
    },
  },
  {
    name: 'MetaEmb',
    algorithm: { preset: 'meta-emb', innerLearningRate: 3 },
  },
  {
    name: 'fine-tuning, K = 3',
    algorithm: { preset: 'fine-tuning', innerSteps: 3, innerLearningRate: 0.6 },
  },
  { name: 'no adaptation', algorithm: { innerSteps: 0 } },
];

/**
 * One entry for each algorithm, all with one small network. Its meta block knows an entity's profile only, so that
 * all that a support set tells has to come through the inner loop: a comparison of algorithms, not the best
 * network for the data.
 */
export function algorithmModels(training: Entry['training']): Entry[] {
  const options = { meta: 'entity', hidden: 32, tower: [] };
  return ROWS.map((row) => ({ ...row, model: 'limaml', options, training, reportPrior: false }));
}
