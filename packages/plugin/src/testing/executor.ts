import type { Executor } from '@limaml/graph';
import { runChecks } from './conformance.js';
import type { ConformanceReport } from './conformance.js';
import { bufferChecks } from './executor-buffer-checks.js';
import { refusalChecks } from './executor-refusal-checks.js';
import { valueChecks } from './executor-value-checks.js';

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
  return runChecks(`executor ${executor.name}`, [
    ...valueChecks(executor),
    ...bufferChecks(executor),
    ...refusalChecks(executor),
  ]);
}
