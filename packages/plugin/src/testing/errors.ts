import { LimamlError } from '@limaml/errors';
import type { ConformanceCheck } from './conformance-check.js';

export function conformanceFailed(
  subject: string,
  checks: readonly ConformanceCheck[],
): LimamlError {
  const failed = checks.filter(({ passed }) => !passed);
  return new LimamlError({
    code: 'LIMAML_ERR_PLUGIN_CONFORMANCE',
    what: `${subject} fails ${failed.length} of ${checks.length} checks:\n${failed.map(wordFailure).join('\n')}\n`,
    expected: 'a plugin that passes every check',
    fix: 'Do what is listed under each failed check',
  });
}

function wordFailure({ name, problem, fix }: ConformanceCheck): string {
  return `  ✗ ${name}\n    problem: ${problem}\n    fix: ${fix}`;
}
