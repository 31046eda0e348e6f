import { defineExperiment, type ExperimentOptions } from '@limaml/experiment';

/**
 * The model zoo on ML-1M-T (the protocol of `ml-1m-t.ts`): one entry for each global block, meta block, fusion
 * and baseline, all with the same features. Global blocks and fusions stand behind the default meta block,
 * meta blocks before the default global block.
 */
type Entry = NonNullable<ExperimentOptions['models']>[number];

const training = {
  epochs: 8,
  tasksPerBatch: 32,
  optimiser: {
    learningRate: { default: 6e-3, 'rate/': 1.8e-2 },
    l2: { default: 1e-5, 'rate/': 0 },
  },
  schedule: { kind: 'cosine' as const, warmup: 100 },
  averageDecay: 0.99,
  patience: 8,
};

/** Two steps on the offset: what every meta block has. */
const algorithm = {
  innerSteps: 2,
  innerLearningRate: { initial: 0.3, per: 'element' as const },
  supportShrinkage: 2,
  adapts: ['meta/offset'],
};

const limaml = (name: string, options: NonNullable<Entry['options']>): Entry => ({
  ...{ name, model: 'limaml', options, algorithm, training, reportPrior: false },
});

export default defineExperiment({
  name: 'zoo-ML-1M-T',
  dataset: 'ml-1m',
  entity: 'member',
  encoders: { factors: { dim: 16, target: 'rating', precision: 100 } },
  models: [
    limaml('global: dcn', { global: 'dcn' }),
    limaml('global: dcn-low-rank', { global: 'dcn-low-rank' }),
    limaml('global: wide-and-deep', { global: 'wide-and-deep' }),
    limaml('global: deepfm', { global: 'deepfm' }),
    limaml('global: dlrm', { global: 'dlrm' }),
    {
      ...limaml('global: autoint', { global: 'autoint', heads: 1 }),
      training: { ...training, epochs: 4 },
    },
    limaml('global: two-tower', { global: 'two-tower' }),
    limaml('fusion: film', { fusion: 'film' }),
    limaml('fusion: gate', { fusion: 'gate' }),
    limaml('meta: entity', { meta: 'entity' }),
    limaml('meta: residual', { meta: 'residual' }),
    limaml('meta: interaction', { meta: 'interaction' }),
    limaml('meta: history, no fold-in', { meta: 'history', foldInSteps: 0 }),
    limaml('meta: attention', { meta: 'attention', hidden: 32 }),
    limaml('meta: transformer', { meta: 'transformer', hidden: 32 }),
    { ...limaml('meta: id', { meta: 'id' }), trainOnHeldOutSupport: true },
    {
      ...limaml('MeLU', {}),
      model: 'melu',
      algorithm: {
        ...algorithm,
        innerSteps: 1,
        innerLearningRate: { initial: 0.1, per: 'parameter' },
        adapts: ['meta/layers'],
      },
    },
    { ...limaml('MetaEmb', {}), model: 'meta-emb' },
    { ...limaml('logistic MF, solved', {}), model: 'logistic-mf', algorithm: { innerSteps: 0 } },
    { ...limaml('logistic MF, adapted', { foldInSteps: 0 }), model: 'logistic-mf' },
    { ...limaml('production', {}), model: 'production', algorithm: { innerSteps: 0 } },
    {
      ...limaml('wide & deep, IDs', { global: 'wide-and-deep' }),
      ...{ model: 'wide-and-deep', algorithm: { innerSteps: 0 }, trainOnHeldOutSupport: true },
    },
  ],
  metrics: ['auc', 'gauc', 'logLoss', 'ece', 'ndcg@10'],
  cohorts: [15, 40],
  seeds: [1, 2, 3],
});
