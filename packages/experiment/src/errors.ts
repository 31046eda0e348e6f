import { didYouMean, LimamlError } from '@limaml/errors';

export function specInvalid(field: string, problem: string, fix?: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_SPEC_INVALID',
    what: `The experiment spec is wrong: ${problem}`,
    where: { field },
    ...(fix === undefined ? {} : { fix }),
  });
}

export function specKeyUnknown(field: string, known: readonly string[]): LimamlError {
  const key = field.split('.').at(-1)!;
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_SPEC_KEY_UNKNOWN',
    what: `The experiment spec has an unknown key "${key}"`,
    where: { field },
    expected: `one of ${known.join(', ')}`,
    fix: didYouMean(key, known) || 'Remove the key',
  });
}
