import type { Plugin } from '@limaml/plugin';
import { join } from 'node:path';
import { runMissing } from '../errors.js';
import { readJson } from '../files.js';
import { defineExperiment } from '../spec/define-experiment.js';
import type { ExperimentOptions, ExperimentSpec } from '../spec/schema.js';
import { without } from '../without.js';

/**
 * The spec that an experiment recorded in its output folder, `spec.json`: whatever variant, ablation or sweep it was
 * made by. What a worker process runs.
 *
 * @param plugins those of the spec: what is recorded are their names
 * @throws LIMAML_ERR_EXPERIMENT_RUN_MISSING, …_RECORD_CORRUPT, …_SPEC_INVALID
 *
 * @example
 * ```ts
 * await serveExperimentWorker(await readRecordedSpec('out', spec.plugins), registry);
 * ```
 */
export async function readRecordedSpec(
  out: string,
  plugins: readonly Plugin[],
): Promise<ExperimentSpec> {
  const recorded = await readJson(join(out, 'spec.json'), (value) => value as ExperimentOptions);
  if (recorded === undefined) throw runMissing(out);
  return defineExperiment({ ...without(recorded, 'variants'), plugins: [...plugins] });
}
