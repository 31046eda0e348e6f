import type { Registry } from '@limaml/plugin';
import type { ExperimentSpec } from '../spec/schema.js';
import { executorMissing, jointUnsupported } from '../errors.js';
import { registerNamedMetrics } from '../metrics/named-metrics.js';
import { algorithmOf } from '../training/algorithm.js';
import { runBaseline } from './baseline-job.js';
import { summariseData } from './experiment-data.js';
import { createJobContext, type Job, type JobContextOptions } from './job.js';
import { runModel } from './model-job.js';
import type { JobResult } from './protocol.js';

/** Runs jobs of one experiment, one after the other. */
export interface JobRunner {
  run(job: Job): Promise<JobResult>;
  dispose(): Promise<void>;
}

/** Options of {@link createJobRunner}. */
export interface JobRunnerOptions extends Omit<JobContextOptions, 'executor'> {
  /** Default: the first registered one. */
  readonly executor?: string | undefined;
}

export function createJobRunner(
  spec: ExperimentSpec,
  registry: Registry,
  options: JobRunnerOptions,
): JobRunner {
  const executor = prepareRegistry(spec, registry, options.executor);
  const context = createJobContext(spec, registry, { ...options, executor });
  return {
    async run(job) {
      const run = job.kind === 'model' ? runModel : runBaseline;
      const records = await run(job, context);
      return { records, data: summariseData(await context.data()) };
    },
    dispose: () => context.dispose(),
  };
}

/** All jobs of a spec, seed by seed: what one seed's jobs share is then made once. */
export function listJobs(spec: ExperimentSpec): Job[] {
  return spec.seeds.flatMap((seed) => [
    ...spec.models.map(({ name }) => ({ kind: 'model', name, seed }) as const),
    ...spec.baselines.map((name) => ({ kind: 'baseline', name, seed }) as const),
  ]);
}

/**
 * Registers the spec's own plugins and checks that all that the spec names is registered and that its
 * algorithms make sense, before any work is done.
 *
 * @param executor name of the executor to train on. Default: the first registered one
 * @returns its name
 * @throws LIMAML_ERR_PLUGIN_UNKNOWN, LIMAML_ERR_EXPERIMENT_METRIC_UNKNOWN, …_EXECUTOR_MISSING, …_JOINT_UNSUPPORTED,
 *   and what making an algorithm throws
 */
export function prepareRegistry(
  spec: ExperimentSpec,
  registry: Registry,
  executor: string | undefined,
): string {
  registerPlugins(spec, registry);
  assertRegistered(spec, registry);
  return chooseExecutor(spec, registry, executor);
}

/** Registers a spec's own plugins. A spec may be run twice with one registry. */
export function registerPlugins(
  { plugins }: Pick<ExperimentSpec, 'plugins'>,
  registry: Registry,
): void {
  for (const plugin of plugins) {
    if (!registry.list().includes(plugin)) registry.use(plugin, { from: 'spec' });
  }
}

function assertRegistered(spec: ExperimentSpec, registry: Registry): void {
  registry.get('entity', spec.entity);
  registry.get('dataset', spec.dataset);
  const monitors = spec.models.map(({ training }) => training.monitor);
  registerNamedMetrics([...spec.metrics, ...monitors], registry);
  for (const { model, entities, algorithm } of spec.models) {
    const plugin = registry.get('model', model);
    algorithmOf(algorithm, registry);
    for (const entity of entities ?? []) registry.get('entity', entity);
    if (entities !== undefined && !plugin.createJoint) throw jointUnsupported(model, entities);
  }
}

/** The executor to train on; any name will do when there is nothing to train. */
function chooseExecutor(
  { models }: ExperimentSpec,
  registry: Registry,
  wanted: string | undefined,
): string {
  const [first] = registry.list('executor');
  if (wanted !== undefined) return registry.get('executor', wanted).name;
  if (first === undefined && models.length > 0) throw executorMissing();
  return first?.name ?? '';
}
