import { isPlugin, type Plugin } from '@limaml/plugin';
import { z } from 'zod';
import { algorithmSchema } from './algorithm-schema.js';
import { cohortsSchema } from './cohorts-schema.js';
import { freshnessSchema } from './freshness-schema.js';
import { splitSchema } from './split-schema.js';

/**
 * A number for every parameter, or numbers by the beginning of a parameter's name (`meta/`, `global/`,
 * `rate/`, `table/item`): the longest beginning that fits counts, `default` for the rest.
 */
const perParameter = z.union([
  z.number().nonnegative(),
  z.record(z.string(), z.number().nonnegative()),
]);

const fraction = z.number().min(0).lt(1);
const positiveInt = z.int().positive();

/** Steps of linear warm-up. */
const warmup = z.int().nonnegative().default(0);

const schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), warmup }),
  z.strictObject({
    kind: z.enum(['cosine', 'linear']),
    warmup,
    /** Factor on the learning rate at the last epoch's end. */
    floor: fraction.default(0),
  }),
  z.strictObject({
    kind: z.literal('exponential'),
    warmup,
    floor: z.number().positive().lt(1).default(0.01),
  }),
  z.strictObject({
    kind: z.literal('step'),
    warmup,
    /** Epochs between two falls. */
    every: positiveInt,
    /** Factor of each fall. */
    factor: z.number().positive().lt(1).default(0.1),
  }),
]);

const optimiser = z.strictObject({
  /** Learning rate β of the outer loop. */
  learningRate: perParameter.default(3e-3),
  beta1: fraction.default(0.9),
  beta2: fraction.default(0.999),
  /** λ of ½ λ ‖θ‖², added to the gradient. */
  l2: perParameter.default(0),
  /** λ of decoupled weight decay (AdamW). */
  weightDecay: perParameter.default(0),
  /**
   * How tables move whose rows are gathered on the host. Beside a table of N rows of D numbers, Adam keeps
   * 2·N·D + N numbers, Adagrad N·D, Adagrad with one rate for a row N.
   */
  tables: z.enum(['adam', 'adagrad', 'row-adagrad']).default('adam'),
});

const training = z.strictObject({
  /** Passes over the training tasks, at most; one random cut per task and pass. */
  epochs: positiveInt.default(20),
  /** Tasks T of one outer step. */
  tasksPerBatch: positiveInt.default(64),
  /** Rows before the cut, at least; 0 trains the prior embedding too. */
  minSupport: z.int().nonnegative().default(1),
  /**
   * Sizes of which each episode's support set draws one, its newest rows, as where entities with many rows are trained
   * on for tests with few; null for all that the split allows.
   */
  supportSizes: z.array(z.int().nonnegative()).min(1).nullable().default(null),
  optimiser: optimiser.prefault({}),
  schedule: schedule.prefault({ kind: 'constant' }),
  /** Bound on the global norm of the gradient; null for none. */
  clipNorm: z.number().positive().nullable().default(null),
  /** Decay of the running average of the weights that is evaluated and kept; null for the weights themselves. */
  averageDecay: fraction.nullable().default(null),
  /** Epochs without a better validation metric before training stops. */
  patience: positiveInt.default(5),
  /** Metric of the validation tasks that picks the epoch. */
  monitor: z.string().default('auc'),
  /**
   * Worker threads that share the tasks of a batch; 1 computes in the main thread. The number changes
   * results only as much as the order of float sums does.
   */
  workers: positiveInt.default(1),
});

const encoders = z.strictObject({
  /** Rows at the global mean that every candidate's rate starts with. */
  rateSmoothing: z.number().positive().default(10),
  /**
   * Prepares for candidates that training never saw: their rates and factors come from their features, and training
   * is shown some candidates as if they were new.
   */
  newCandidates: z.boolean().default(false),
  /** Candidate factors as features, cross-fitted on the training rows; null for none. */
  factors: z
    .strictObject({
      /** Factors beside the one for how much an entity likes everything. */
      dim: positiveInt.default(16),
      /** What is analysed: the label, or a dense outcome such as `rating`. */
      target: z.string().default('label'),
      /** Precision of the prior that draws a candidate's loadings to what its features say. */
      precision: z.number().positive().default(100),
      /** EM iterations. */
      iterations: positiveInt.default(8),
    })
    .nullable()
    .default(null),
});

/** One model of an experiment. */
export const modelEntrySchema = z.strictObject({
  /** Name in the results. */
  name: z.string().min(1),
  /** Name of a registered model plugin. */
  model: z.string().min(1),
  /** Options of that plugin. */
  options: z.record(z.string(), z.json()).default({}),
  algorithm: algorithmSchema.prefault({}),
  training: training.prefault({}),
  /**
   * Entity types that adapt in this model, each with a meta embedding of its own; for a model plugin with
   * `createJoint`. The spec's entity is always in the score, unadapted where it is not listed. Default: a model of
   * the spec's entity alone.
   */
  entities: z.array(z.string().min(1)).min(1).exactOptional(),
  /** Factors on the losses of entity types, by name. Default 1 each. */
  entityWeights: z.record(z.string(), z.number().positive()).exactOptional(),
  /** Support sets of this model alone: their newest rows, at most. Default: `split.maxSupport`. */
  support: z.strictObject({ maxSize: positiveInt }).exactOptional(),
  /** How features are fitted for this model alone. Default: as for the others. */
  encoders: encoders.exactOptional(),
  /** Entity features that go through the meta block, by name; [] for none. Default: what the entity plugin says. */
  metaFeatures: z.array(z.string().min(1)).exactOptional(),
  /** Moments of the log at which embeddings are made for rows of other types to read. Default 8. */
  snapshots: positiveInt.exactOptional(),
  /** Also train on the support sets of validation and test tasks, as a model with entity ids must to know them. */
  trainOnHeldOutSupport: z.boolean().default(false),
  /**
   * Also report the model without adaptation (prior embeddings), as "<name>, prior embedding". Default: when
   * it has inner steps.
   */
  reportPrior: z.boolean().exactOptional(),
});

/** Names of the baselines of this package that are fitted to counts. */
const FITTED_BASELINES = ['global-mean', 'item-rate', 'item-user-bias', 'logistic-mf'] as const;

/** Names of what is known of simulated data only: run when asked for. */
const SIMULATED_BASELINES = ['truth'] as const;

/** Names of the baselines that are networks: model plugins of the same names. */
const NETWORK_BASELINES = ['production', 'wide-and-deep'] as const;

const usualBaselines = [...FITTED_BASELINES, ...NETWORK_BASELINES] as const;
const baselineNames = [...usualBaselines, ...SIMULATED_BASELINES] as const;

/** One thing that an ablation changes, and the models that have it changed. */
const ablatedFactor = z.strictObject({
  factor: z.string(),
  levels: z.array(z.strictObject({ level: z.string(), model: z.string() })),
  /** Levels, or all of the factor, that make no sense for the model, and why. */
  leftOut: z.array(z.strictObject({ level: z.string(), reason: z.string() })),
});

/** What an ablation changes of a model. */
export const ablationSchema = z.strictObject({
  model: z.string(),
  factors: z.array(ablatedFactor),
});

const plainSchema = z.strictObject({
  /** Where a JSON spec finds the schema that an editor checks it with. */
  $schema: z.string().exactOptional(),
  /** Name of the experiment. */
  name: z.string().min(1),
  /** The variant that this is, set by choosing it. */
  variant: z.string().min(1).exactOptional(),
  /** Name of a registered dataset plugin. */
  dataset: z.string().min(1),
  /** Name of a registered entity plugin: what a task is. */
  entity: z.string().min(1),
  split: splitSchema.prefault({}),
  /** How features are fitted, on training tasks only. */
  encoders: encoders.prefault({}),
  models: z.array(modelEntrySchema).default([]),
  /**
   * What is reported beside the models. The networks are trained with few settings of their own, for each of
   * the two that `models` does not have; without models they are left out. `'truth'`, the true probability, is for
   * simulated data and never run unless it is listed.
   */
  baselines: z.array(z.enum(baselineNames)).default([...usualBaselines]),
  /** Names of metrics: those of this package, also with a number of ranks (`recall@5`), or registered ones. */
  metrics: z.array(z.string()).min(1).default(['auc', 'gauc', 'logLoss', 'ece', 'ndcg@10']),
  /** Into which groups the test tasks are divided, each with results of its own. */
  cohorts: cohortsSchema.prefault([15, 40]),
  /** Replays the log behind the cut under refresh policies of embeddings; null for no replay. */
  freshness: freshnessSchema.nullable().default(null),
  /** One run per model and seed; the seed makes the split, the initial weights and the episodes. */
  seeds: z.array(z.int().nonnegative()).min(1).default([1, 2, 3]),
  /** What is ablated, where this is an ablation: set by `defineAblation`. */
  ablation: ablationSchema.exactOptional(),
  /** Plugins that only this experiment needs, e.g. a dataset with options; registered when it runs. */
  plugins: z
    .array(z.custom<Plugin>(isPlugin, 'Expected a plugin made with a define* function'))
    .default([]),
});

/** Changes to a value, key by key; a list is replaced as a whole, `undefined` takes a key away. */
type Changes<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]?: Changes<Value[Key]> | undefined }
    : Value;

/** Changes to one model, which is found by its name. */
type ModelChanges = Changes<Omit<z.input<typeof modelEntrySchema>, 'name' | 'options'>> & {
  readonly name: string;
  readonly options?: Readonly<Record<string, z.core.util.JSONType | undefined>> | undefined;
};

/** A variant of an experiment: what it changes. */
export type SpecVariant = Changes<
  Omit<z.input<typeof plainSchema>, '$schema' | 'variant' | 'ablation' | 'models' | 'plugins'>
> & { readonly models?: readonly ModelChanges[] };

/** The schema of an experiment spec: what every key means, and its default. */
export const experimentSchema = plainSchema.extend({
  /** Variants by name, each laid over the spec when it is chosen. */
  variants: z
    .record(z.string().min(1), z.custom<SpecVariant>(isObject, 'Expected an object of changes'))
    .exactOptional(),
});

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an author writes. */
export type ExperimentOptions = z.input<typeof experimentSchema>;

/** A spec with every default filled in. Baselines that are networks are among its models. */
export interface ExperimentSpec extends Omit<
  z.output<typeof experimentSchema>,
  'baselines' | '$schema'
> {
  baselines: BaselineName[];
}

/** One model of a spec, with every default filled in. */
export type ModelEntry = ExperimentSpec['models'][number];
/** How a model is trained. */
export type TrainingSpec = ModelEntry['training'];
/** How a model adapts. */
export type AlgorithmSpec = ModelEntry['algorithm'];
/** How tasks and their episodes are divided. */
export type SplitSpec = ExperimentSpec['split'];
/** Into which groups test tasks are divided. */
export type CohortSpec = ExperimentSpec['cohorts'];
/** How the log is replayed behind the cut. */
export type FreshnessSpec = NonNullable<ExperimentSpec['freshness']>;
/** When embeddings are made again. */
export type RefreshPolicy = FreshnessSpec['policies'][number];
/** What an ablation changes of a model. */
export type AblationRecord = z.output<typeof ablationSchema>;
/** Name of a baseline that is fitted to counts. */
export type BaselineName = (typeof FITTED_BASELINES)[number] | (typeof SIMULATED_BASELINES)[number];
/** Name of a baseline that is a network. */
export type NetworkBaselineName = (typeof NETWORK_BASELINES)[number];

/** Whether a baseline is a network. */
export function isNetwork(name: BaselineName | NetworkBaselineName): name is NetworkBaselineName {
  return NETWORK_BASELINES.some((network) => network === name);
}
