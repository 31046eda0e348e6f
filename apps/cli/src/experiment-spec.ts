import {
  defineExperiment,
  defineSweep,
  selectVariant,
  type ExperimentOptions,
  type ExperimentSpec,
  type SweepOptions,
  type SweepSpec,
} from '@limaml/experiment';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileMissing, moduleUnloadable } from './errors.js';
import { loadDefaultExport } from './load-module.js';

/**
 * Loads an experiment spec: a JSON file, or a module whose default export is one, checked or not.
 *
 * @param variant the variant that is wanted. Default: the spec as it is
 * @throws a coded error when the file cannot be loaded or the spec is wrong
 */
export async function loadSpec(file: string, variant?: string): Promise<ExperimentSpec> {
  // Checking a spec twice changes nothing; what the file holds may be anything.
  const spec = defineExperiment((await loadFile('experiment spec', file)) as ExperimentOptions);
  return variant === undefined ? spec : selectVariant(spec, variant);
}

/** Loads a sweep from the same kinds of files. */
export async function loadSweep(file: string): Promise<SweepSpec> {
  return defineSweep((await loadFile('sweep', file)) as SweepOptions);
}

/** The plugins that an experiment spec, or the experiment of a sweep, brings along. */
export async function loadPlugins(file: string): Promise<ExperimentSpec['plugins']> {
  const value = await loadFile('experiment spec', file);
  const isSweep = typeof value === 'object' && value !== null && 'experiment' in value;
  const spec = isSweep ? value.experiment : value;
  return defineExperiment(spec as ExperimentOptions).plugins;
}

async function loadFile(role: string, file: string): Promise<unknown> {
  if (!file.endsWith('.json')) return loadDefaultExport(role, file);
  if (!existsSync(file)) throw fileMissing(role, file);
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    throw moduleUnloadable(role, file, error);
  }
}

/** The first `count` seeds of a spec, continued by whole numbers where it has fewer. */
export function chooseSeeds(spec: ExperimentSpec, count: number | undefined): ExperimentSpec {
  if (count === undefined) return spec;
  const next = Math.max(...spec.seeds) + 1;
  const seeds = Array.from(
    { length: count },
    (_, at) => spec.seeds[at] ?? next + at - spec.seeds.length,
  );
  return { ...spec, seeds };
}

/** The spec with every model trained in so many worker threads, where a number is given. */
export function chooseWorkers(spec: ExperimentSpec, workers: number | undefined): ExperimentSpec {
  if (workers === undefined) return spec;
  const models = spec.models.map((model) => ({
    ...model,
    training: { ...model.training, workers },
  }));
  return { ...spec, models };
}
