import { PLUGIN_BRAND } from './brand.js';
import { PLUGIN_API } from './contracts/index.js';
import type {
  AlgorithmPlugin,
  DatasetPlugin,
  EntityPlugin,
  ExecutorPlugin,
  MetricPlugin,
  ModelPlugin,
  PluginKind,
  PluginKinds,
  ReportPlugin,
  StorePlugin,
} from './contracts/index.js';
import { guardHooks } from './guard-hooks.js';

/** What an author writes: the plugin without the parts that `define*` fills in. */
export type Definition<P> = Omit<P, 'kind' | 'api'>;

/** No members but those of the contract: a misspelt one is a type error where it is written. */
export type NoExtra<D, P> = Readonly<Record<Exclude<keyof D, keyof P>, never>>;

/** A definition with its kind and contract version. Literal types of the definition are kept. */
export type Defined<K extends PluginKind, D> = Readonly<D> & {
  readonly kind: K;
  readonly api: typeof PLUGIN_API;
};

/**
 * Makes a plugin of any kind, one added by declaration merging included. The kinds of this package have
 * helpers of their own.
 *
 * @returns the definition with `kind` and `api` filled in, frozen. Its hooks throw coded errors only:
 *   LIMAML_ERR_PLUGIN_HOOK_FAILED where the definition's throw something else, and
 *   LIMAML_ERR_PLUGIN_DISPOSED_TWICE where `dispose` is called again
 */
export function definePlugin<K extends PluginKind, const D extends Definition<PluginKinds[K]>>(
  kind: K,
  definition: D,
): Defined<K, NoInfer<D>> {
  const guarded = guardHooks({ kind, name: definition.name }, definition);
  return Object.freeze({ ...guarded, kind, api: PLUGIN_API, [PLUGIN_BRAND]: true as const });
}

/**
 * Makes an entity plugin: what a task is.
 *
 * @example
 * ```ts
 * const course = defineEntity({
 *   name: 'course',
 *   taskId: (interaction) => interaction.entityId('course'),
 *   features: 'dataset',
 *   metaFeatures: 'all',
 *   support: { maxSize: 40 },
 *   coldStart: { defaults: {} },
 * });
 * ```
 */
export function defineEntity<const D extends Definition<EntityPlugin>>(
  definition: D & NoExtra<D, EntityPlugin>,
): Defined<'entity', NoInfer<D>> {
  return definePlugin('entity', definition);
}

/** Makes a model plugin: a factory of models for a feature schema. */
export function defineModel<const D extends Definition<ModelPlugin>>(
  definition: D & NoExtra<D, ModelPlugin>,
): Defined<'model', NoInfer<D>> {
  return definePlugin('model', definition);
}

/** Makes a dataset plugin: a reader of interaction logs. */
export function defineDataset<const D extends Definition<DatasetPlugin>>(
  definition: D & NoExtra<D, DatasetPlugin>,
): Defined<'dataset', NoInfer<D>> {
  return definePlugin('dataset', definition);
}

/** Makes a store plugin: an opener of meta-embedding stores. */
export function defineStore<const D extends Definition<StorePlugin>>(
  definition: D & NoExtra<D, StorePlugin>,
): Defined<'store', NoInfer<D>> {
  return definePlugin('store', definition);
}

/**
 * Makes a metric plugin: a number that says how good predictions are.
 *
 * @example
 * ```ts
 * const accuracy = defineMetric({
 *   name: 'accuracy',
 *   better: 'higher',
 *   description: 'share of rows on the right side of logit 0',
 *   evaluate: ({ score, label }) =>
 *     score.filter((logit, row) => logit > 0 === label[row]! > 0.5).length / score.length || undefined,
 * });
 * ```
 */
export function defineMetric<const D extends Definition<MetricPlugin>>(
  definition: D & NoExtra<D, MetricPlugin>,
): Defined<'metric', NoInfer<D>> {
  return definePlugin('metric', definition);
}

/** Makes an executor plugin: a factory of what runs programs. */
export function defineExecutor<const D extends Definition<ExecutorPlugin>>(
  definition: D & NoExtra<D, ExecutorPlugin>,
): Defined<'executor', NoInfer<D>> {
  return definePlugin('executor', definition);
}

/**
 * Makes a report plugin: a section of the report of an experiment.
 *
 * @example
 * ```ts
 * const winner = defineReportSection({
 *   name: 'winner',
 *   title: 'Winner',
 *   render: ({ models: [first] }) => first && [{ kind: 'text', text: `${first.name} comes first.` }],
 * });
 * ```
 */
export function defineReportSection<const D extends Definition<ReportPlugin>>(
  definition: D & NoExtra<D, ReportPlugin>,
): Defined<'report', NoInfer<D>> {
  return definePlugin('report', definition);
}

/**
 * Makes an algorithm plugin: a factory of algorithms with defaults of its own.
 *
 * @example
 * ```ts
 * const patient = defineAlgorithm({
 *   name: 'patient',
 *   create: (options) => maml({ name: 'patient', innerSteps: 5, innerLearningRate: 0.02, ...options }),
 * });
 * ```
 */
export function defineAlgorithm<const D extends Definition<AlgorithmPlugin>>(
  definition: D & NoExtra<D, AlgorithmPlugin>,
): Defined<'algorithm', NoInfer<D>> {
  return definePlugin('algorithm', definition);
}
