import { LimamlError, didYouMean } from '@limaml/errors';

/** An option that no model has. */
export function optionUnknown(
  model: string,
  option: string,
  known: readonly string[],
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_MODELS_OPTION_UNKNOWN',
    what: `Model "${model}" has no option "${option}"`,
    where: { model, option },
    expected: `one of: ${known.join(', ')}`,
    fix: didYouMean(option, known) || 'Remove it',
  });
}

/** An option with a value that makes no sense. */
export function optionInvalid(
  model: string,
  option: string,
  value: unknown,
  expected: string,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_MODELS_OPTION_INVALID',
    what: `Option "${option}" of model "${model}" is ${JSON.stringify(value)}`,
    where: { model, option },
    expected,
    fix: 'Correct the options of this model in the spec',
  });
}

/** A feature that a model cannot do without is not in the schema. */
export function featureMissing(
  model: string,
  feature: string,
  available: readonly string[],
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_MODELS_FEATURE_MISSING',
    what: `Model "${model}" needs ${feature}, which the schema does not have`,
    where: { model },
    expected: `a schema with ${feature}; it has: ${available.join(', ')}`,
    fix: 'Describe this feature in the dataset, or choose another model',
  });
}
