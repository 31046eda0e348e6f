import { baselineOf } from './network-baselines.js';
import type { ExperimentOptions, ExperimentSpec, SpecVariant } from './schema.js';

type Json = Readonly<Record<string, unknown>>;

/** Keys that choose what the other keys of an object mean. */
const CHOICES = ['kind', 'preset'];

/**
 * A spec with changes laid over it, not checked. See `selectVariant` for the rules.
 *
 * @param spec with its defaults filled in
 */
export function layOver(
  spec: Omit<ExperimentSpec, 'variants'>,
  { models = [], ...changes }: SpecVariant,
): ExperimentOptions {
  const written = asWritten(spec);
  return {
    ...merge(written, changes),
    models: mergeModels(written.models, models),
    plugins: spec.plugins,
  } as unknown as ExperimentOptions;
}

/** Networks that the spec has as baselines are baselines again, so that a variant can choose others. */
function asWritten({ models, baselines, ...spec }: Omit<ExperimentSpec, 'variants'>) {
  const networks = models.map(baselineOf).filter((name) => name !== undefined);
  const own = models.filter((entry) => baselineOf(entry) === undefined);
  return { ...spec, models: own, baselines: [...baselines, ...networks] };
}

function mergeModels(base: readonly Json[], changes: readonly Json[]): readonly Json[] {
  const merged = base.map((entry) => {
    const own = changes.find(({ name }) => name === entry.name);
    return own === undefined ? entry : mergeModel(entry, own);
  });
  const added = changes.filter(({ name }) => base.every((entry) => entry.name !== name));
  return [...merged, ...added];
}

/** A model entry with changes laid over it. Options belong to the plugin that they were written for. */
export function mergeModel({ options, ...entry }: Json, changes: Json): Json {
  const sameModel = changes.model === undefined || changes.model === entry.model;
  return merge(sameModel ? { ...entry, options } : entry, changes);
}

function merge(base: Json, changes: Json): Json {
  const merged = Object.entries(changes).map(([key, change]) => [
    key,
    mergeValue(base[key], change),
  ]);
  const all = { ...base, ...(Object.fromEntries(merged) as Json) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function mergeValue(base: unknown, change: unknown): unknown {
  if (!isObject(base) || !isObject(change)) return change;
  const sameChoice = CHOICES.every((key) => !(key in change) || change[key] === base[key]);
  return sameChoice ? merge(base, change) : change;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
