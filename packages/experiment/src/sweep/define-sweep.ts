import { specInvalid } from '../errors.js';
import { defineExperiment } from '../spec/define-experiment.js';
import { issueError } from '../spec/issue-error.js';
import type { ModelEntry } from '../spec/schema.js';
import { without } from '../without.js';
import { sweepSchema, type SweepOptions, type SweepSpec } from './schema.js';
import { assertSpace } from './space.js';
import { listTrials } from './trials.js';

/**
 * Checks a sweep and fills in its defaults: a search for the best settings of one model of an experiment.
 *
 * `space` names keys of the model's entry, `training.optimiser.learningRate` or `options.hidden`, and says what each
 * is drawn from. The objective is the metric `training.monitor` of the model, at its best epoch, on the validation
 * tasks of the experiment's first seed.
 *
 * | field | default | meaning |
 * |---|---|---|
 * | `model` | the first | name of the model |
 * | `search` | `'random'` | `'random'`, or `'asha'`: asynchronous successive halving |
 * | `trials` | 20 | settings that are tried |
 * | `seed` | 1 | what the settings are drawn with |
 * | `asha.minEpochs`, `asha.reduction` | 1, 3 | epochs of the first rung; one in so many goes on, for so many times the epochs |
 *
 * @throws LIMAML_ERR_EXPERIMENT_SPEC_KEY_UNKNOWN with the near keys, also for keys of the space
 * @throws LIMAML_ERR_EXPERIMENT_SPEC_INVALID when a value is wrong, or one that is drawn would be
 * @see Bergstra & Bengio 2012, "Random search for hyper-parameter optimization"; Li et al. 2020, "A system for
 *   massively parallel hyperparameter tuning", algorithm 2 (ASHA)
 *
 * @example
 * ```ts
 * export default defineSweep({
 *   experiment: quickstart,
 *   model: 'LiMAML',
 *   space: {
 *     'training.optimiser.learningRate': logUniform(1e-3, 1e-1),
 *     'algorithm.innerSteps': choice([1, 3, 5]),
 *   },
 *   search: 'asha',
 *   trials: 30,
 * });
 * ```
 */
export function defineSweep(options: SweepOptions): SweepSpec {
  const parsed = sweepSchema.safeParse(options);
  if (!parsed.success) throw issueError(sweepSchema, parsed.error.issues[0]!);
  const experiment = defineExperiment(parsed.data.experiment);
  const { model } = findModel(experiment.models, parsed.data.model);
  const sweep = { ...without(parsed.data, '$schema'), experiment, model };
  assertSearchable(sweep);
  return sweep;
}

function findModel(models: readonly ModelEntry[], wanted?: string): { readonly model: string } {
  const found = models.find(({ name }) => wanted === undefined || name === wanted);
  if (found !== undefined) return { model: found.name };
  const names = models.map(({ name }) => name).join(', ');
  throw specInvalid('model', `the experiment has no such model; it has ${names || 'none'}`);
}

function assertSearchable(sweep: SweepSpec): void {
  assertSpace(sweep);
  if (sweep.experiment.split.validationShare === 0) {
    const fix = 'Set it above 0, e.g. 0.1';
    throw specInvalid('experiment.split.validationShare', 'a sweep picks on validation tasks', fix);
  }
  listTrials(sweep);
}
