import type { Executor } from '@limaml/graph';
import type { ExecutorCreateOptions, MetricPlugin, Registry } from '@limaml/plugin';
import { workersUnsupported } from '../errors.js';
import type { ExperimentSpec } from '../spec/schema.js';
import type { TrainingEvent } from '../training/training-setup.js';
import { encodeForSeed, type ModelData } from './model-data.js';
import { loadExperimentData, type DataOptions, type ExperimentData } from './experiment-data.js';
import { newest, once } from './once.js';
import { createSeedData } from '../split/create-seed-data.js';
import type { SeedData } from '../split/seed-data.js';

/** One run of one model or baseline with one seed: the unit that is resumed and run in parallel. */
export interface Job {
  readonly kind: 'model' | 'baseline';
  /** Name in the results. */
  readonly name: string;
  readonly seed: number;
  /** A model is trained until so many epochs are finished, with a checkpoint, and not tested. Default: both. */
  readonly until?: number;
}

/** What jobs of one process share: plugins, the log, the newest split and encoding. */
export interface JobContext {
  readonly spec: ExperimentSpec;
  readonly registry: Registry;
  readonly metrics: readonly MetricPlugin[];
  readonly out: string;
  readonly resume: boolean;
  readonly signal?: AbortSignal;
  readonly onTraining?: (job: Job, event: TrainingEvent) => void;
  readonly data: () => Promise<ExperimentData>;
  seedData(seed: number): Promise<SeedData>;
  modelData(seed: number, withHeldOut: boolean): Promise<ModelData>;
  /** The executor with so many worker threads; with 1 it runs in this thread. */
  executor(workers: number): Promise<Executor>;
  dispose(): Promise<void>;
}

/** Options of {@link createJobContext}. */
export interface JobContextOptions extends DataOptions {
  readonly out: string;
  readonly resume: boolean;
  /** Name of a registered executor. */
  readonly executor: string;
  /** Options of the executor beside its worker threads. Default: none. */
  readonly executorOptions?: Omit<ExecutorCreateOptions, 'workers'> | undefined;
  readonly onTraining?: (job: Job, event: TrainingEvent) => void;
}

/**
 * Everything is made when it is first needed, and splits and encodings are kept for one seed only: jobs
 * come seed by seed, and an encoded log is large.
 */
export function createJobContext(
  spec: ExperimentSpec,
  registry: Registry,
  options: JobContextOptions,
): JobContext {
  const data = once(() => loadExperimentData(spec, registry, options));
  const executors = new Map<number, Promise<Executor>>();
  const executor = (workers: number): Promise<Executor> => {
    const made = executors.get(workers) ?? createExecutor(registry, options, workers);
    executors.set(workers, made);
    return made;
  };
  const seedData = newest(async (seed: number) => createSeedData(await data(), spec, seed));
  const encodings = [false, true].map((withHeldOut) =>
    newest(async (seed: number) =>
      encodeForSeed(await data(), await seedData(seed), spec.encoders, withHeldOut),
    ),
  );
  return {
    ...{ spec, registry, data, seedData, executor },
    out: options.out,
    resume: options.resume,
    ...(options.signal && { signal: options.signal }),
    ...(options.onTraining && { onTraining: options.onTraining }),
    metrics: spec.metrics.map((name) => registry.get('metric', name)),
    modelData: (seed, withHeldOut) => encodings[Number(withHeldOut)]!(seed),
    async dispose() {
      const made = await Promise.allSettled(executors.values());
      for (const result of made) if ('value' in result) await result.value.dispose?.();
    },
  };
}

async function createExecutor(
  registry: Registry,
  { executor: name, executorOptions = {} }: JobContextOptions,
  workers: number,
): Promise<Executor> {
  const plugin = registry.get('executor', name);
  const executor = await plugin.create({ ...executorOptions, ...(workers > 1 && { workers }) });
  if (workers === 1 || executor.workers === workers) return executor;
  await executor.dispose?.();
  throw workersUnsupported(name, workers);
}
