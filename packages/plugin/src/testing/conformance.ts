import type { ConformanceCheck } from './conformance-check.js';
import { conformanceFailed } from './errors.js';

/** What a conformance suite found. */
export interface ConformanceReport {
  /** What was tested, e.g. `entity member`. */
  readonly subject: string;
  readonly checks: readonly ConformanceCheck[];
}

/** A check before it has run. */
export interface Check {
  readonly name: string;
  readonly fix: string;
  /** Throws when the check fails; the message of the error is the problem. */
  readonly run: () => void | Promise<void>;
}

/**
 * Runs checks one after the other, all of them, whatever fails.
 *
 * @throws LIMAML_ERR_PLUGIN_CONFORMANCE that lists every failed check with its fix
 */
export async function runChecks(
  subject: string,
  checks: readonly Check[],
): Promise<ConformanceReport> {
  const results: ConformanceCheck[] = [];
  for (const check of checks) results.push(await runCheck(check));
  if (results.some(({ passed }) => !passed)) throw conformanceFailed(subject, results);
  return { subject, checks: results };
}

/** Fails the running check with `problem` unless `condition` holds. */
export function ensure(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new Error(problem);
}

async function runCheck({ name, fix, run }: Check): Promise<ConformanceCheck> {
  try {
    await run();
    return { name, passed: true };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { name, passed: false, problem, fix };
  }
}
