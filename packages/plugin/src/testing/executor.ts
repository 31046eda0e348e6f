import type { Executor } from '@limaml/graph';
import type { ExecutorCreateOptions, ExecutorPlugin } from '../contracts/index.js';
import { ensure, runChecks } from './conformance.js';
import type { Check, ConformanceReport } from './conformance.js';
import { bufferChecks } from './executor-buffer-checks.js';
import { SAMPLE, sampleFeeds, withExecutable } from './executor-fixture.js';
import { refusalChecks } from './executor-refusal-checks.js';
import { valueChecks } from './executor-value-checks.js';
import { pluginChecks } from './plugin-checks.js';

/** Options of {@link testExecutorPlugin}. */
export interface ExecutorSuiteOptions {
  /** How the executor is made. Default: without options. */
  readonly options?: ExecutorCreateOptions;
}

/**
 * Conformance suite of executor plugins: what every plugin must be, and {@link testExecutor} on an executor that
 * it makes. Works under any test runner.
 *
 * @returns the checks, all passed
 * @throws LIMAML_ERR_PLUGIN_CONFORMANCE that lists what failed and how to repair it; what `create` throws
 *
 * @example
 * ```ts
 * await testExecutorPlugin(defineExecutor({ name: 'ort', create: createOrtExecutor }));
 * ```
 */
export async function testExecutorPlugin(
  plugin: ExecutorPlugin,
  { options }: ExecutorSuiteOptions = {},
): Promise<ConformanceReport> {
  const executor = await plugin.create(options);
  try {
    return await runChecks(`executor ${plugin.name}`, [
      ...pluginChecks(plugin, 'defineExecutor'),
      ...executorChecks(executor),
      makesAnother(plugin, executor, options),
    ]);
  } finally {
    await executor.dispose?.();
  }
}

/**
 * Conformance suite of executors: the interpreter's values for every primitive and for random
 * programs, sizes that change from run to run, reused buffers, runs at the same time, and coded
 * errors that name what was fed wrongly. Works under any test runner.
 *
 * @param executor left usable; the caller disposes of it
 * @returns the checks, all passed
 * @throws LIMAML_ERR_PLUGIN_CONFORMANCE that lists what failed and how to repair it
 *
 * @example
 * ```ts
 * const executor = await createOrtExecutor();
 * await testExecutor(executor);
 * await executor.dispose();
 * ```
 */
export function testExecutor(executor: Executor): Promise<ConformanceReport> {
  return runChecks(`executor ${executor.name}`, executorChecks(executor));
}

function executorChecks(executor: Executor): readonly Check[] {
  return [...valueChecks(executor), ...bufferChecks(executor), ...refusalChecks(executor)];
}

function makesAnother(
  plugin: ExecutorPlugin,
  executor: Executor,
  options: ExecutorCreateOptions | undefined,
): Check {
  return {
    name: 'makes another executor each time, which is disposed of by itself',
    fix: 'Hold sessions and threads in the executor, not in the plugin or the module',
    run: async () => {
      const other = await plugin.create(options);
      ensure(other !== executor, 'create() gave the same executor twice');
      await other.dispose?.();
      await withExecutable(executor, SAMPLE, async (executable) => {
        await executable.run(sampleFeeds());
      });
    },
  };
}
