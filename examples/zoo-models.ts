import type { ExperimentOptions } from '@limaml/experiment';

/** A model of an experiment. */
type Entry = NonNullable<ExperimentOptions['models']>[number];

/** What differs between data sets. */
export interface ZooOptions {
  readonly training: NonNullable<Entry['training']> & { readonly epochs: number };
  /** Further labels of the entry with several. */
  readonly targets: readonly { name: string; outcome: string; loss?: string; weight?: number }[];
}

/**
 * One entry for each global block, fusion, meta block and baseline of `@limaml/models`, all trained alike.
 * Global blocks and fusions stand behind the default meta block, meta blocks before the default global block.
 */
export function zooModels({ training, targets }: ZooOptions): Entry[] {
  const limaml = (name: string, options: NonNullable<Entry['options']>): Entry => ({
    ...{ name, model: 'limaml', options, algorithm: ADAPTED, training, reportPrior: false },
  });
  const stepped = (name: string, model: string, options: NonNullable<Entry['options']>): Entry => ({
    ...limaml(name, options),
    model,
    algorithm: STEPPED,
  });
  const baseline = (name: string, model: string, options: Entry['options'] = {}): Entry => ({
    ...{ name, model, options, algorithm: { innerSteps: 0 }, training },
  });
  return [
    limaml('global: dcn', { global: 'dcn' }),
    limaml('global: dcn-low-rank', { global: 'dcn-low-rank' }),
    limaml('global: wide-and-deep', { global: 'wide-and-deep' }),
    limaml('global: deepfm', { global: 'deepfm' }),
    limaml('global: dlrm', { global: 'dlrm' }),
    {
      // The most expensive of them: fields attend to each other in every row.
      ...limaml('global: autoint', { global: 'autoint', heads: 1 }),
      training: { ...training, epochs: Math.ceil(training.epochs / 2) },
    },
    limaml('global: two-tower', { global: 'two-tower' }),
    limaml('fusion: film', { fusion: 'film' }),
    limaml('fusion: gate', { fusion: 'gate' }),
    limaml('several labels', { targets: targets.map((target) => ({ ...target })) }),
    stepped('meta: entity', 'limaml', { meta: 'entity' }),
    stepped('meta: residual', 'limaml', { meta: 'residual' }),
    stepped('meta: interaction', 'limaml', { meta: 'interaction' }),
    stepped('meta: history, no fold-in', 'limaml', { meta: 'history', foldInSteps: 0 }),
    stepped('meta: attention', 'limaml', { meta: 'attention', hidden: 32 }),
    stepped('meta: transformer', 'limaml', { meta: 'transformer', hidden: 32 }),
    { ...stepped('meta: id', 'limaml', { meta: 'id' }), trainOnHeldOutSupport: true },
    { ...limaml('MeLU', {}), model: 'melu', algorithm: LAYERS_ADAPTED },
    { ...stepped('MetaEmb', 'meta-emb', {}), algorithm: WITH_COLD_LOSS },
    baseline('logistic MF, solved', 'logistic-mf'),
    stepped('logistic MF, adapted', 'logistic-mf', { foldInSteps: 0 }),
    baseline('production style', 'production'),
    {
      ...baseline('wide & deep, IDs', 'wide-and-deep', { global: 'wide-and-deep' }),
      trainOnHeldOutSupport: true,
    },
    {
      ...baseline('fine-tuned IDs', 'wide-and-deep', { global: 'wide-and-deep' }),
      algorithm: AFTER_TRAINING,
      trainOnHeldOutSupport: true,
    },
  ];
}

/** Two steps on the offset, which every meta block has; the fold-in leaves little to them. */
const ADAPTED: Entry['algorithm'] = {
  innerSteps: 2,
  innerLearningRate: { initial: 0.3, per: 'element' },
  supportShrinkage: 2,
  adapts: ['meta/offset'],
};

/** More and longer steps, where all that is personal comes from them or much of it. */
const STEPPED: Entry['algorithm'] = {
  ...ADAPTED,
  innerSteps: 3,
  innerLearningRate: { initial: 1, per: 'element' },
};

/** One step on the decision layers; a rate for each of their thousands of numbers would be too many. */
const LAYERS_ADAPTED: Entry['algorithm'] = {
  innerSteps: 1,
  innerLearningRate: { initial: 0.1, per: 'parameter' },
  supportShrinkage: 2,
  adapts: ['meta/layers'],
};

/** One step on a generated embedding, which is also judged before it. */
const WITH_COLD_LOSS: Entry['algorithm'] = {
  preset: 'meta-emb',
  innerLearningRate: { initial: 1, per: 'element' },
  supportShrinkage: 2,
};

/** Conventional training; the vectors of the entities are fine-tuned afterwards. */
const AFTER_TRAINING: Entry['algorithm'] = {
  preset: 'fine-tuning',
  innerSteps: 3,
  innerLearningRate: 0.3,
  adapts: 'head',
  supportShrinkage: 2,
};
