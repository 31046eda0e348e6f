import { runExperiment, type ExperimentResults, type ExperimentSpec } from '@limaml/experiment';
import { join } from 'node:path';
import type { CommandContext } from './command.js';
import { datasetUnused } from './errors.js';
import { experimentProgress } from './experiment-progress.js';
import { chooseWorkers } from './experiment-spec.js';
import { workerSpawner } from './experiment-workers.js';
import { announceProvider, providerOptions } from './provider.js';
import { writeOrigin } from './run-origin.js';

/** Options that `train` and `experiment` share. */
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
 * @param file the spec's module
 * @throws LIMAML_ERR_CLI_DATASET_UNUSED, and what `runExperiment` throws
 */
export async function runSpec(
  context: CommandContext,
  file: string,
  spec: ExperimentSpec,
  options: RunSpecOptions,
): Promise<ExperimentResults> {
  const out = context.path(options.out);
  const data = context.paths(options.data);
  const { workers, provider } = options;
  assertNamed(data, spec.dataset);
  const chosen = chooseWorkers(spec, workers);
  if (provider !== undefined) await announceProvider(context, provider, chosen);
  const progress = experimentProgress(context.progress);
  const args = { spec: file, seeds: spec.seeds, ...(workers !== undefined && { workers }) };
  const results = await runExperiment(chosen, context.registry, {
    ...{ out, data, jobs: options.jobs ?? 1, onProgress: progress.tell },
    executorOptions: {
      ...(provider !== undefined && providerOptions(provider)),
      ...(options.compileCache && { cache: join(out, 'compiled') }),
    },
    spawnWorker: workerSpawner(args, context.io.cwd),
    existing: options.resume ? 'resume' : options.overwrite ? 'overwrite' : 'refuse',
    signal: context.io.signal,
  });
  progress.done();
  await writeOrigin(out, { spec: file, data });
  return results;
}

/** A misspelt name would leave the dataset where it is by default, without a word. */
function assertNamed(data: Readonly<Record<string, string>>, dataset: string): void {
  const names = Object.keys(data);
  if (names.length > 0 && !names.includes(dataset)) throw datasetUnused(names, dataset);
}
