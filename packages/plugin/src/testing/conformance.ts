import { isLimamlError } from '@limaml/errors';
import type { ConformanceCheck } from './conformance-check.js';
import { conformanceFailed } from './errors.js';

const HOOK_FAILED = 'LIMAML_ERR_PLUGIN_HOOK_FAILED';

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

/** Whether the plugin itself gave an error its code, rather than the guard of a hook. */
export function hasCode(error: unknown): boolean {
  return isLimamlError(error) && error.code !== HOOK_FAILED;
}

/** What an error of a plugin says, without what the guard of a hook adds. */
export function wordError(error: unknown): string {
  const guarded = isLimamlError(error) && error.code === HOOK_FAILED;
  const thrown: unknown = guarded ? error.cause : error;
  return thrown instanceof Error ? thrown.message : String(thrown);
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
    return { name, passed: false, problem: wordError(error), fix };
  }
}
