import { runExperiment, type ExperimentResults, type ExperimentSpec } from '@limaml/experiment';
import { join } from 'node:path';
import type { CommandContext } from './command.js';
import { datasetUnused } from './errors.js';
import { experimentProgress } from './experiment-progress.js';
import { chooseWorkers } from './experiment-spec.js';
import { workerSpawner } from './experiment-workers.js';
import { announceProvider, providerOptions } from './provider.js';
import { writeOrigin } from './run-origin.js';

/** Options that commands which train share. */
export interface RunSpecOptions {
  readonly out: string;
  readonly data?: Readonly<Record<string, string>>;
  /** Jobs run at once. Default 1. */
  readonly jobs?: number;
  /** Worker threads of each model. Default: what the spec says. */
  readonly workers?: number;
  /** Execution provider to train on. Default: the processor. */
  readonly provider?: string;
  /** False: keep no compiled programs in the output folder. */
  readonly compileCache: boolean;
  readonly resume?: true;
  readonly overwrite?: true;
}

/**
 * Runs a spec with progress, and leaves in the output folder where it came from.
 *
 * @param file where the spec comes from
 * @throws LIMAML_ERR_CLI_DATASET_UNUSED, and what `runExperiment` throws
 */
export async function runSpec(
  context: CommandContext,
  file: string,
  spec: ExperimentSpec,
  options: RunSpecOptions,
): Promise<ExperimentResults> {
  const chosen = chooseWorkers(spec, options.workers);
  const shared = await sharedOptions(context, chosen, options);
  const spawn = workerSpawner(file, context.io.cwd);
  const progress = experimentProgress(context.progress);
  const results = await runExperiment(chosen, context.registry, {
    ...shared,
    onProgress: progress.tell,
    spawnWorker: () => spawn(shared.out),
  });
  progress.done();
  await writeOrigin(shared.out, { spec: file, data: shared.data });
  return results;
}

/**
 * What the command line says of how things are run, for an experiment and for a sweep.
 *
 * @throws LIMAML_ERR_CLI_DATASET_UNUSED
 */
export async function sharedOptions(
  context: CommandContext,
  spec: ExperimentSpec,
  options: RunSpecOptions,
) {
  const out = context.path(options.out);
  const data = context.paths(options.data);
  const { provider, compileCache, resume, overwrite, jobs = 1 } = options;
  assertNamed(data, spec.dataset);
  if (provider !== undefined) await announceProvider(context, provider, spec);
  const existing: 'resume' | 'overwrite' | 'refuse' = resume
    ? 'resume'
    : overwrite
      ? 'overwrite'
      : 'refuse';
  const executorOptions = {
    ...(provider !== undefined && providerOptions(provider)),
    ...(compileCache && { cache: join(out, 'compiled') }),
  };
  return { out, data, jobs, executorOptions, existing, signal: context.io.signal };
}

/** A misspelt name would leave the dataset where it is by default, without a word. */
function assertNamed(data: Readonly<Record<string, string>>, dataset: string): void {
  const names = Object.keys(data);
  if (names.length > 0 && !names.includes(dataset)) throw datasetUnused(names, dataset);
}
