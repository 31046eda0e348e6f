import { createRandom, fingerprintOf } from '@limaml/data';
import { issueError } from '../spec/issue-error.js';
import { modelEntrySchema, type ExperimentSpec, type ModelEntry } from '../spec/schema.js';
import { mergeModel } from '../spec/variants.js';
import { without } from '../without.js';
import { draw, type DrawnValue } from './distributions.js';
import type { SweepSpec } from './schema.js';
import { nest } from './space.js';

/** One setting that is tried. */
export interface Trial {
  /** From 1. */
  readonly trial: number;
  /** What was drawn, by key of the space. */
  readonly values: Readonly<Record<string, DrawnValue>>;
  /** The model with these values, called `trial <n>`. */
  readonly entry: ModelEntry;
}

/** Draws that may repeat what was drawn before until a space counts as used up. */
const PATIENCE = 100;

/**
 * The trials of a sweep. Trial n depends on the seed and the trials before it alone, so a longer sweep begins with
 * those of a shorter one. None is tried twice: a space with fewer values than trials has fewer trials.
 *
 * @throws LIMAML_ERR_EXPERIMENT_SPEC_INVALID, …_SPEC_KEY_UNKNOWN when a model with what was drawn makes no sense
 */
export function listTrials(sweep: SweepSpec): Trial[] {
  const random = createRandom(sweep.seed);
  const drawn = new Map<string, Trial['values']>();
  const space = Object.entries(sweep.space);
  for (let repeats = 0; drawn.size < sweep.trials && repeats < PATIENCE; repeats++) {
    const values = Object.fromEntries(space.map(([key, from]) => [key, draw(from, random)]));
    const identity = fingerprintOf(values);
    if (drawn.has(identity)) continue;
    drawn.set(identity, values);
    repeats = 0;
  }
  const base = sweep.experiment.models.find(({ name }) => name === sweep.model)!;
  return [...drawn.values()].map((values, at) => ({
    trial: at + 1,
    values,
    entry: entryOf(base, values, trialName(at + 1)),
  }));
}

/** Name of a trial's model. */
export function trialName(trial: number): string {
  return `trial ${trial}`;
}

/** The experiment whose models are the trials; its first seed is the only one that they see. */
export function trialsExperiment(
  { experiment, model }: SweepSpec,
  trials: readonly Trial[],
): ExperimentSpec {
  return {
    ...without(experiment, 'variants'),
    name: `Sweep of ${model}: ${experiment.name}`,
    models: trials.map(({ entry }) => entry),
    baselines: [],
    seeds: experiment.seeds.slice(0, 1),
  };
}

function entryOf(base: ModelEntry, values: Trial['values'], name: string): ModelEntry {
  const merged = mergeModel(base, nest(values));
  const parsed = modelEntrySchema.safeParse({ ...merged, name, reportPrior: false });
  if (parsed.success) return parsed.data;
  throw issueError(modelEntrySchema, parsed.error.issues[0]!, `space: ${name}: `);
}
