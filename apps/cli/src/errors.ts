import { LimamlError } from '@limaml/errors';

export function optionInvalid(option: string, got: string, expected: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_OPTION_INVALID',
    what: `Option ${option} got "${got}"`,
    where: { option },
    expected,
    fix: 'Correct the command line; every command explains its options with --help',
  });
}

export function moduleMissing(role: string, file: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_FILE_MISSING',
    what: `The ${role} does not exist`,
    where: { file },
    expected: 'the path of an existing file',
    fix: 'Check the spelling; relative paths start at the working directory',
  });
}

export function moduleUnloadable(role: string, file: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_MODULE_UNLOADABLE',
    what: `The ${role} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
    where: { file },
    expected: 'a TypeScript or JavaScript module that runs without error',
    fix: 'Correct the module; --verbose shows where it fails',
    cause,
  });
}

export function moduleExport(role: string, file: string, expected: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_MODULE_EXPORT',
    what: `The default export of the ${role} is not what the command needs`,
    where: { file },
    expected,
    fix: 'Write `export default …` as the examples do',
  });
}

export function outputExists(path: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_OUTPUT_EXISTS',
    what: 'The output folder is not empty',
    where: { path },
    expected: 'a folder that does not exist yet or is empty',
    fix: 'Name another folder, or pass --overwrite where the command has it',
  });
}

export function eventsInvalid(file: string, line: number | undefined, reason: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_EVENTS_INVALID',
    what: `The events cannot be used: ${reason}`,
    where: { file, line },
    expected: 'one JSON object per line, e.g. {"candidate":"job-17","label":1}',
    fix: 'Correct the line',
  });
}

export function interrupted(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_INTERRUPTED',
    what: 'Stopped before the end',
    fix: 'What was saved before is intact; training goes on with --resume',
  });
}
