import type { EntityPlugin, InteractionView, Plugin } from '../contracts/index.js';
import { ensure, runChecks } from './conformance.js';
import type { Check, ConformanceReport } from './conformance.js';
import { pluginChecks } from './plugin-checks.js';

/** An interaction to try an entity plugin on. */
export interface InteractionSample {
  /** Ids of the entities that took part, by entity type. */
  readonly ids: Readonly<Record<string, string>>;
  /** Attributes of these entities, by entity type and column. Default: none are known. */
  readonly attributes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Attributes of the interaction itself, by column. Default: none are known. */
  readonly context?: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** The task it should belong to; left out, the suite only asks for a stable answer. */
  readonly task?: string | null;
}

/** Options of {@link testEntityPlugin}. */
export interface EntitySuiteOptions {
  /** Interactions of at least one task, a few of them of the same task. */
  readonly samples: readonly InteractionSample[];
  /** Plugins that the plugin requires. Default: none. */
  readonly requires?: readonly Plugin[];
}

/**
 * Conformance suite of entity plugins: the registry accepts it, features and cold-start defaults agree, and
 * `taskId` depends on the interaction alone. Works under any test runner.
 *
 * @returns the checks, all passed
 * @throws LIMAML_ERR_PLUGIN_CONFORMANCE that lists what failed and how to repair it
 *
 * @example
 * ```ts
 * const sample = (member: string, day: number) => ({ ids: { member }, timestamp: day * 86_400_000, task: member });
 * await testEntityPlugin(memberEntity(), { samples: [sample('m1', 1), sample('m2', 2), sample('m1', 3)] });
 * ```
 */
export function testEntityPlugin(
  plugin: EntityPlugin,
  { samples, requires = [] }: EntitySuiteOptions,
): Promise<ConformanceReport> {
  return runChecks(`entity ${plugin.name}`, [
    ...declarationChecks(plugin, requires),
    ...taskChecks(plugin, samples),
  ]);
}

function declarationChecks(plugin: EntityPlugin, requires: readonly Plugin[]): readonly Check[] {
  return [
    ...pluginChecks(plugin, 'defineEntity', requires),
    {
      name: 'declares the same thing each time it is read',
      fix: 'Compute features, metaFeatures, support and coldStart once, not in getters',
      run: () => {
        ensure(wordDeclarations(plugin) === wordDeclarations(plugin), 'two reads differ');
      },
    },
  ];
}

function taskChecks(plugin: EntityPlugin, samples: readonly InteractionSample[]): readonly Check[] {
  return [
    {
      name: 'taskId returns ids, and undefined for interactions without a task',
      fix: 'Return a string that is not empty, or undefined; throw nothing',
      run: () => {
        checkTaskIds(plugin, samples);
      },
    },
    {
      name: 'taskId gives the tasks that the samples state',
      fix: 'Correct taskId, or the `task` of the sample',
      run: () => {
        samples.forEach((sample, index) => {
          checkStatedTask(plugin, sample, index);
        });
      },
    },
    {
      name: 'taskId depends on the interaction alone',
      fix: 'Use no counter, clock, random number or earlier interaction in taskId; read the view at once, and keep no view',
      run: () => {
        checkTaskStability(plugin, samples);
      },
    },
  ];
}

function checkTaskIds(plugin: EntityPlugin, samples: readonly InteractionSample[]): void {
  const nobody = plugin.taskId(viewOf({ ids: {}, timestamp: 0 }));
  const tasks = [nobody, ...samples.map((sample) => plugin.taskId(viewOf(sample)))];
  for (const task of tasks) {
    const valid = task === undefined || (typeof task === 'string' && task !== '');
    ensure(valid, `taskId returned ${JSON.stringify(task)}`);
  }
  ensure(
    tasks.slice(1).some((task) => task !== undefined),
    'no sample belongs to a task: add samples that do',
  );
}

function checkStatedTask(plugin: EntityPlugin, sample: InteractionSample, index: number): void {
  if (sample.task === undefined) return;
  const task = plugin.taskId(viewOf(sample)) ?? null;
  ensure(
    task === sample.task,
    `sample ${index} states ${JSON.stringify(sample.task)}, taskId gave ${JSON.stringify(task)}`,
  );
}

/** Fresh views in order, again, backwards, and through one view that is reused between rows as data sets do. */
function checkTaskStability(plugin: EntityPlugin, samples: readonly InteractionSample[]): void {
  const first = samples.map((sample) => plugin.taskId(viewOf(sample)));
  const again = samples.map((sample) => plugin.taskId(viewOf(sample)));
  const backwards = samples.toReversed().map((sample) => plugin.taskId(viewOf(sample)));
  const reused = taskIdsOfReusedView(plugin, samples);
  first.forEach((task, index) => {
    const same = [again[index], backwards.at(-1 - index), reused[index]].every(
      (other) => other === task,
    );
    ensure(same, `sample ${index} got different tasks when it was asked again or in another order`);
  });
}

function taskIdsOfReusedView(plugin: EntityPlugin, samples: readonly InteractionSample[]) {
  let sample: InteractionSample = { ids: {}, timestamp: 0 };
  const view: InteractionView = {
    entityId: (type) => viewOf(sample).entityId(type),
    category: (type, column) => viewOf(sample).category(type, column),
    context: (column) => viewOf(sample).context(column),
    get timestamp() {
      return sample.timestamp;
    },
  };
  return samples.map((next) => {
    sample = next;
    return plugin.taskId(view);
  });
}

function viewOf({ ids, attributes, context, timestamp }: InteractionSample): InteractionView {
  return {
    entityId: (type) => ids[type],
    category: (type, column) => attributes?.[type]?.[column],
    context: (column) => context?.[column],
    timestamp,
  };
}

function wordDeclarations({ features, metaFeatures, support, coldStart }: EntityPlugin): string {
  return JSON.stringify({ features, metaFeatures, support, coldStart });
}
