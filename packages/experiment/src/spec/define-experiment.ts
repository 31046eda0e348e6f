import type { z } from 'zod';
import { specInvalid, variantUnknown } from '../errors.js';
import { policyName } from '../freshness/policy.js';
import { issueError } from './issue-error.js';
import { networkBaselines } from './network-baselines.js';
import {
  experimentSchema,
  isNetwork,
  type ExperimentOptions,
  type ExperimentSpec,
  type ModelEntry,
} from './schema.js';
import { without } from '../without.js';
import { layOver } from './variants.js';

/**
 * Checks an experiment spec and fills in its defaults.
 *
 * | field | default | meaning |
 * |---|---|---|
 * | `split.by` | `'new-entity'` | what test rows are new in: held-out entities, the newest rows of each (`'entity-time'`), all rows from a moment on (`'global-time'`) |
 * | `split.testShare`, `split.validationShare` | 0.2, 0.1 | share of what `by` divides; share of the rest |
 * | `split.testRows`, `split.rows` | none, any | test entities by their number of rows; rows of tasks that count |
 * | `split.cut`, `split.order` | `'half'`, `'time'` | where episodes are cut: `'half'`, a moment, `{ support: n }`, `{ query: n }`; rows in time or in random order |
 * | `split.newCandidates`, `split.testTrained`, `split.supportSizes` | none | further test sets |
 * | `split.maxSupport`, `split.maxQuery` | 40, 40 | rows before and from the cut on, at most |
 * | `encoders` | rates smoothed by 10 rows, no factors | features fitted on training tasks; `newCandidates` prepares for candidates that training never saw |
 * | `models[].algorithm` | MAML: 1 inner step, learned rate 0.1 per element, second order | a registered `preset`, and keys that change it; see {@link AlgorithmSpec} |
 * | `models[].training` | 20 epochs, 64 tasks per batch, Adam 3e-3, patience 5 on AUC, 1 worker | see {@link TrainingSpec} |
 * | `models[].entities` | none | entity types that adapt jointly in this model, see `JointModel` of `@limaml/plugin` |
 * | `models[].entityWeights`, `models[].snapshots` | 1 each, 8 | factors on the types' losses; moments at which rows' embeddings are made |
 * | `models[].support`, `models[].metaFeatures` | those of the split, of the entity | what this model alone adapts to: support size, entity features of the meta block |
 * | `models[].reportPrior` | where there are inner steps | also report the model without adaptation |
 * | `baselines` | all but `truth` | global mean, item rate, item + user bias, logistic MF; beside models also the networks `production` and `wide-and-deep`, where `models` has none |
 * | `metrics` | `auc`, `gauc`, `logLoss`, `ece`, `ndcg@10` | |
 * | `cohorts` | `[15, 40]` | support sizes at which a new cohort begins; `{ support, recency, features, known }` divides by more |
 * | `freshness` | none | replays the log behind the cut under `policies` that refresh embeddings; see {@link FreshnessSpec} |
 * | `seeds` | `[1, 2, 3]` | one run per model and seed |
 * | `variants` | none | named changes, laid over the spec by {@link selectVariant} |
 *
 * @throws LIMAML_ERR_EXPERIMENT_SPEC_KEY_UNKNOWN with the near keys
 * @throws LIMAML_ERR_EXPERIMENT_SPEC_INVALID when a value is wrong
 *
 * @example
 * ```ts
 * const spec = defineExperiment({
 *   name: 'clicks',
 *   dataset: 'simulator',
 *   entity: 'member',
 *   models: [{ name: 'LiMAML', model: 'limaml', algorithm: { innerSteps: 3 } }],
 *   seeds: [1, 2, 3],
 * });
 * ```
 */
export function defineExperiment(options: ExperimentOptions): ExperimentSpec {
  const spec = resolve(options);
  for (const name of Object.keys(spec.variants ?? {})) selectVariant(spec, name);
  return spec;
}

/**
 * The spec with the changes of one of its variants, and with the variant's name.
 *
 * Objects are merged key by key, and `undefined` takes a key away. Lists replace those of the base, but models are
 * matched by name: changes of a model that the base has are merged into it, a model with a new name comes last. What
 * belongs to a choice goes with it: an object that names another `kind` or `preset` replaces the base's, and a model
 * entry that names another `model` keeps none of the base's `options`.
 *
 * @throws LIMAML_ERR_EXPERIMENT_VARIANT_UNKNOWN with the near names
 *
 * @example
 * ```ts
 * const spec = defineExperiment({ ...base, variants: { small: { seeds: [1] } } });
 * const results = await runExperiment(selectVariant(spec, 'small'), registry, { out: 'out' });
 * ```
 */
export function selectVariant(spec: ExperimentSpec, name: string): ExperimentSpec {
  const { variants = {}, ...base } = spec;
  if (!Object.hasOwn(variants, name)) throw variantUnknown(name, spec.name, Object.keys(variants));
  const changed = layOver(base, variants[name]!);
  const title = changed.name === base.name ? `${base.name}, ${name}` : changed.name;
  return resolve({ ...changed, name: title, variant: name }, `variants.${name}.`);
}

/** @param at where the options are, for messages: the beginning of a field's name */
function resolve(options: ExperimentOptions, at = ''): ExperimentSpec {
  const parsed = experimentSchema.safeParse(options);
  if (!parsed.success) throw issueError(experimentSchema, parsed.error.issues[0]!, at);
  const spec = withNetworks(parsed.data);
  assertConsistent(spec, at);
  return spec;
}

/** Moves the baselines that are networks to the models; where the schema is does not matter any more. */
function withNetworks(parsed: z.output<typeof experimentSchema>): ExperimentSpec {
  const { models, baselines } = parsed;
  const networks = models.length === 0 ? [] : baselines.filter(isNetwork);
  return {
    ...without(parsed, '$schema'),
    models: [...models, ...networkBaselines(networks, models)],
    baselines: baselines.filter((name) => !isNetwork(name)),
  };
}

function assertConsistent(spec: ExperimentSpec, at: string): void {
  const { models, baselines, cohorts, split } = spec;
  const names = models.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) {
    throw specInvalid(
      `${at}models`,
      `two models are called "${repeated}"`,
      'Give each model its own name',
    );
  }
  if (names.length + baselines.length === 0) {
    throw specInvalid(
      `${at}models`,
      'there is nothing to run',
      'List at least one model or baseline',
    );
  }
  for (const entry of models) assertJoint(entry, at);
  assertSplit(split, at);
  assertEdges(`${at}cohorts.support`, cohorts.support);
  assertEdges(`${at}cohorts.recency`, cohorts.recency);
  assertFreshness(spec, at);
}

/** What divides entities means nothing where rows are divided in time. */
function assertSplit(
  { by, testRows, testTrained, order }: ExperimentSpec['split'],
  at: string,
): void {
  if (by === 'new-entity') return;
  const stray = { testRows: testRows !== null, testTrained, order: order === 'random' };
  const key = Object.entries(stray).find(([, used]) => used)?.[0];
  if (key === undefined) return;
  throw specInvalid(`${at}split.${key}`, `it does not go with by: "${by}"`, 'Leave it out');
}

function assertFreshness({ freshness, split }: ExperimentSpec, at: string): void {
  if (freshness === null) return;
  assertEdges(`${at}freshness.distances`, freshness.distances);
  const names = freshness.policies.map(policyName);
  if (new Set(names).size < names.length) {
    throw specInvalid(
      `${at}freshness.policies`,
      'a policy is listed twice',
      'List each policy once',
    );
  }
  if (split.order === 'random') {
    throw specInvalid(
      `${at}freshness`,
      'it does not go with split.order: "random"',
      'Leave one out',
    );
  }
}

function assertEdges(field: string, edges: readonly number[]): void {
  if (edges.some((edge, index) => index > 0 && edge <= edges[index - 1]!)) {
    throw specInvalid(field, 'the edges do not increase', 'Sort the edges, e.g. [15, 40]');
  }
}

function assertJoint(
  { name, entities, entityWeights = {}, metaFeatures, trainOnHeldOutSupport }: ModelEntry,
  above: string,
): void {
  const at = `${above}models "${name}"`;
  if (entities !== undefined && new Set(entities).size < entities.length) {
    throw specInvalid(`${at}.entities`, 'a type is listed twice', 'List each entity type once');
  }
  const stray = Object.keys(entityWeights).find((type) => !(entities ?? []).includes(type));
  if (stray !== undefined) {
    throw specInvalid(`${at}.entityWeights`, `"${stray}" is not one of the entities`, 'Correct it');
  }
  if (entities !== undefined && metaFeatures !== undefined) {
    throw specInvalid(
      `${at}.metaFeatures`,
      'models with entities have the meta features of each type',
      'Leave it out',
    );
  }
  if (entities !== undefined && trainOnHeldOutSupport) {
    throw specInvalid(
      `${at}.trainOnHeldOutSupport`,
      'models with entities are trained on training tasks only',
      'Leave it out',
    );
  }
}
