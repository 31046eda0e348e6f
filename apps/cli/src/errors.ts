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

export function fileMissing(role: string, file: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_FILE_MISSING',
    what: `The ${role} does not exist or cannot be read`,
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

export function pluginNotFound(name: string, config: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_PLUGIN_NOT_FOUND',
    what: `The configuration lists the plugin "${name}", which is not there`,
    where: { file: config },
    expected: 'the name of an installed package, or the path of a file: ./course.ts',
    fix: 'Install the package beside the configuration, or correct the path; both start at its folder',
  });
}

export function pluginUnloadable(name: string, config: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_PLUGIN_UNLOADABLE',
    what: `The plugin "${name}" cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
    where: { file: config },
    expected: 'a module that runs without error, and a factory that needs no arguments',
    fix: 'Correct the module, or pass the plugin itself: plugins: [coursePlugin({ … })]; --verbose shows where it fails',
    cause,
  });
}

export function pluginExport(name: string, config: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_PLUGIN_EXPORT',
    what: `The default export of "${name}" is no plugin`,
    where: { file: config },
    expected:
      'a plugin made by a define helper, a list of them, or a function that returns one of these',
    fix: 'Write `export default …` in the module, or import the plugin in the configuration and list it there',
  });
}

export function packageUnwritable(file: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_PACKAGE_UNWRITABLE',
    what: `A file of the package cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    where: { file },
    expected: 'a folder that may be written to, with room',
    fix: 'Name another folder with --directory; remove what was begun',
    cause,
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

export function runFolderMissing(path: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_RUN_MISSING',
    what: 'There is no run in this folder',
    where: { path },
    expected: 'a run folder (with run.json) or the output folder of an experiment (with spec.json)',
    fix: 'Check the path, or train first',
  });
}

export function recordCorrupt(
  file: string,
  reason: string,
  fix: string,
  cause: unknown,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_RECORD_CORRUPT',
    what: `A file of the output folder is not what limaml wrote: ${reason}`,
    where: { file },
    fix,
    cause,
  });
}

export function datasetUnused(names: readonly string[], dataset: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_DATASET_UNUSED',
    what: `--data names ${names.join(', ')}, but the dataset of the spec is ${dataset}`,
    where: { dataset },
    expected: `--data ${dataset}=path`,
    fix: 'Correct the name before the equals sign',
  });
}

export function datasetUnnamed(names: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_DATASET_UNNAMED',
    what: `--data names ${names.length === 0 ? 'no dataset' : `several datasets (${names.join(', ')})`}`,
    expected: 'exactly one --data name=path',
    fix: 'Name the dataset with the interactions of the entities, e.g. --data marketplace=data/marketplace',
  });
}

export function candidatesUnnamed(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_CANDIDATES_UNNAMED',
    what: 'Neither --candidates nor --top says what to score',
    expected: '--candidates id,id,… or --top k (of all candidates of the bundle)',
    fix: 'Add one of the two',
  });
}

export function storeEmpty(store: string, entity: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_STORE_EMPTY',
    what: `The store holds no ${entity} embeddings`,
    where: { store },
    expected: 'a store that "limaml generate" filled',
    fix: 'Check the path, or generate the embeddings first',
  });
}

export function entityNotInBundle(entity: string, known: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_ENTITY_TYPE',
    what: `The bundle has no embeddings of type "${entity}"`,
    where: { option: '--entity-type' },
    expected: `one of ${known.join(', ')}`,
    fix: 'Name one of these, or leave --entity-type out to generate all',
  });
}

export function internalError(cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_INTERNAL',
    what: `Unexpected error: ${cause instanceof Error ? cause.message : String(cause)}`,
    fix: 'This is a defect in limaml: run again with --verbose to see where, and report it',
    cause,
  });
}

export function interrupted(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_CLI_INTERRUPTED',
    what: 'Stopped before the end',
    fix: 'What was saved before is intact; training goes on with --resume',
  });
}
