import { LimamlError } from '@limaml/errors';

/** A path is used twice, or as a leaf and as a branch. */
export function pathConflict(path: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CORE_PATH_CONFLICT',
    what: `Path "${path}" is used twice, or is both a leaf and a branch`,
    where: { path },
    expected: 'every path once, and no path that continues another one',
    fix: 'Rename one of the parameters',
  });
}

/** A parameter, gradient or subtree is not there. */
export function parameterMissing(name: string, found: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CORE_PARAMETER_MISSING',
    what: `Parameter "${name}" is missing`,
    where: { parameter: name },
    expected: `"${name}" among: ${listed(found)}`,
    fix: 'Use values that were made for this model and algorithm',
  });
}

/** A tensor has the wrong shape. */
export function shapeMismatch(
  name: string,
  found: readonly (number | string)[],
  expected: readonly (number | string)[],
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CORE_SHAPE_MISMATCH',
    what: `"${name}" has shape [${found.join(', ')}]`,
    where: { tensor: name },
    expected: `shape [${expected.join(', ')}]`,
    fix: 'Use values that were made for this model and these options',
  });
}

/** An option is out of range. */
export function optionInvalid(
  option: string,
  value: unknown,
  expected: string,
  parameter?: string,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CORE_OPTION_INVALID',
    what: `Option "${option}" is ${String(value)}`,
    where: { option, parameter },
    expected,
    fix: `Change "${option}"`,
  });
}

/** Training produced NaN or an infinity. */
export function nonFinite(what: string, name: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CORE_NON_FINITE',
    what: `${what} is not finite`,
    where: { tensor: name },
    expected: 'finite numbers',
    fix: 'Lower the inner or outer learning rate, clip the gradients, or look for extreme feature values',
  });
}

/** The inner loop has nothing to move. */
export function nothingAdapted(model: string, paths: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CORE_NOTHING_ADAPTED',
    what: `The algorithm takes inner steps but adapts no parameter of model "${model}"`,
    where: { model },
    expected: `\`adapts\` to accept at least one of: ${listed(paths)}`,
    fix: 'Correct `adapts`, or set `innerSteps: 0`',
  });
}

/** Options of an algorithm do not go together, or not with a model. */
export function algorithmConflict(
  algorithm: string,
  { what, why, fix }: { readonly what: string; readonly why: string; readonly fix: string },
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CORE_ALGORITHM_CONFLICT',
    what: `Algorithm "${algorithm}" combines ${what}: ${why}`,
    where: { algorithm },
    expected: 'options that go together',
    fix,
  });
}

/** A hook of an algorithm threw. */
export function hookFailed(algorithm: string, hook: string, cause: unknown): LimamlError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new LimamlError({
    code: 'LIMAML_ERR_CORE_HOOK_FAILED',
    what: `The hook "${hook}" of algorithm "${algorithm}" threw: ${message}`,
    where: { algorithm, hook },
    expected: 'a symbolic tensor',
    fix: `Correct the hook "${hook}"; it gets symbolic tensors, not numbers`,
    cause,
  });
}

/** A hook of an algorithm returned no tensor, or one of a wrong shape. */
export function hookShape(
  algorithm: string,
  hook: string,
  found: readonly (number | string)[] | undefined,
  expected: readonly (number | string)[],
): LimamlError {
  const returned = found === undefined ? 'no tensor' : `a tensor [${found.join(', ')}]`;
  return new LimamlError({
    code: 'LIMAML_ERR_CORE_HOOK_SHAPE',
    what: `The hook "${hook}" of algorithm "${algorithm}" returned ${returned}`,
    where: { algorithm, hook },
    expected: `a tensor [${expected.join(', ')}]`,
    fix: `Return a tensor of that shape from the hook "${hook}"`,
  });
}

/** A model names a target but does not predict it. */
export function targetMissing(
  model: string,
  target: string,
  found: readonly string[],
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CORE_TARGET_MISSING',
    what: `Model "${model}" has a target "${target}", but \`scoreTargets\` does not predict it`,
    where: { model, target },
    expected: `"${target}" among: ${listed(found)}`,
    fix: 'Return a tensor [T, B] for every target from `scoreTargets`',
  });
}

/** The bytes of a parameter file end before its contents do. */
export function parametersTruncated(found: number, expected: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CORE_PARAMETERS_TRUNCATED',
    what: `The parameter file ends after ${found} bytes`,
    expected: `at least ${expected} bytes`,
    fix: 'Write the file again, or take an earlier checkpoint',
  });
}

/** The bytes of a parameter file are not what was written. */
export function parametersCorrupt(what: string, tensor?: string, cause?: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CORE_PARAMETERS_CORRUPT',
    what: `The parameter file is damaged: ${what}`,
    where: { tensor },
    expected: 'a safetensors file: header length, JSON header, tensors without gaps or overlaps',
    fix: 'Write the file again, or take an earlier checkpoint',
    ...(cause === undefined ? {} : { cause }),
  });
}

const LISTED = 12;

function listed(names: readonly string[]): string {
  if (names.length === 0) return '(none)';
  const rest = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
