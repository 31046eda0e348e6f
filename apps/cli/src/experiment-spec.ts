import { defineExperiment, type ExperimentOptions, type ExperimentSpec } from '@limaml/experiment';
import { loadDefaultExport } from './load-module.js';

/**
 * Loads an experiment spec: a module whose default export is one, checked or not.
 * @throws a coded error when the module cannot be loaded or the spec is wrong
 */
export async function loadSpec(file: string): Promise<ExperimentSpec> {
  const value = await loadDefaultExport('experiment spec', file);
  // Checking a spec twice changes nothing; what the module exports may be anything.
  return defineExperiment(value as ExperimentOptions);
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
