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

/** An option that nothing in the model would read. */
export function optionUnused(model: string, option: string, usedBy: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_MODELS_OPTION_UNUSED',
    what: `Option "${option}" would do nothing in model "${model}" with the forms it has`,
    where: { model, option },
    expected: `"${option}" with: ${usedBy}`,
    fix: 'Remove it, or choose a form that uses it',
  });
}

/** A program of towers of a model that has none. */
export function towersMissing(model: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_MODELS_TOWERS_MISSING',
    what: `Model "${model}" has no towers, so its candidates have no vectors of their own`,
    where: { model },
    expected: 'a model with `global: "two-tower"`',
    fix: 'Create the model with `global: "two-tower"`, or rank candidates with `scoreProgram`',
  });
}

/** Vectors that do not fit each other, or a number of results that makes no sense. */
export function topKInvalid(what: string, expected: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_MODELS_TOP_K_INVALID',
    what: `Top-k search: ${what}`,
    expected,
    fix: 'Take both kinds of vectors from the two towers of one model',
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
