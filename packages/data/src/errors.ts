import { didYouMean, LimamlError } from '@limaml/errors';
import type { ErrorPlace } from '@limaml/errors';
import type { ReadReport } from '@limaml/plugin';

export function noTasks(dataset: string, entity: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_NO_TASKS',
    what: `No interaction belongs to a task of entity "${entity}"`,
    where: { dataset },
    expected: 'at least one interaction for which taskId() returns an id',
    fix: `Check that the dataset has entities of type "${entity}", or train another entity type`,
  });
}

export function noTrainingRows(dataset: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_NO_TRAINING_ROWS',
    what: 'There are no training rows to fit encoders on',
    where: { dataset },
    expected: 'a mask with at least one 1',
    fix: 'Use more data, or smaller test and validation shares',
  });
}

export function entityUnknown(dataset: string, type: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_ENTITY_UNKNOWN',
    what: `The dataset does not describe entities of type "${type}"`,
    where: { dataset },
    fix: `Describe "${type}" in the dataset's entities`,
  });
}

/** What an entity plugin declares and a dataset does not have. */
export interface FeatureMismatch {
  readonly entity: string;
  readonly dataset: string;
  /** The member and its value, e.g. `feature "level" reads column "lvl"`. */
  readonly declared: string;
  /** The name or column that is not there. */
  readonly missing: string;
  readonly known: readonly string[];
}

export function entityMismatch(mismatch: FeatureMismatch): LimamlError {
  const { entity, dataset, declared, missing, known } = mismatch;
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_ENTITY_MISMATCH',
    what: `The entity "${entity}" does not fit the dataset "${dataset}": its ${declared}, which the dataset does not have`,
    where: { entity, dataset },
    expected: `one of: ${spellNames(known) || 'none'}`,
    fix:
      didYouMean(missing, known) ||
      "Declare what the dataset has, or features: 'dataset' in the entity; or add the column to the dataset",
  });
}

export function columnMissingInLog(
  feature: string,
  column: string,
  columns: readonly string[],
): LimamlError {
  return columnMissing({ feature }, column, columns);
}

/** @param columns the columns there are; undefined where that is not known */
export function columnMissing(
  where: ErrorPlace,
  column: string,
  columns: readonly string[] | undefined,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_COLUMN_MISSING',
    what: `Column "${column}" is missing`,
    where,
    expected: columns ? `one of: ${spellNames(columns)}` : 'a row that has it',
    fix: didYouMean(column, columns ?? []) || 'Name a column that exists',
  });
}

export function featureKindMismatch(feature: string, kind: string, column: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_FEATURE_KIND',
    what: `A ${kind} feature cannot be made of a column of kind "${column}"`,
    where: { feature },
    expected: kind === 'dense' ? 'a column of numbers' : 'a column of lists',
    fix: 'Change the kind of the feature, or the column it reads',
  });
}

export function featureNameTaken(feature: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_FEATURE_NAME',
    what: 'Two features have the same name',
    where: { feature },
    fix: 'Rename one of them in its feature declaration; candidate and context features share the prefix "row."',
  });
}

export function logMismatch(dataset: string, type: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_LOG_MISMATCH',
    what: `The encoders were fitted on a log with entities of type "${type}", which this log lacks`,
    where: { dataset },
    fix: 'Encode a log of the same dataset, or fit encoders on this one',
  });
}

export function encodersVersion(found: number, supported: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_ENCODERS_VERSION',
    what: `The encoders were saved in version ${found}`,
    expected: `version ${supported}`,
    fix: 'Use the version of @limaml/data that saved them, or train again',
  });
}

export function encodersInvalid(problems: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_ENCODERS_INVALID',
    what: `These are not saved encoders: ${oneLine(problems)}`,
    fix: 'Export the run again; the file was changed or cut',
    cause,
  });
}

export function featureMissing(feature: string, features: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_FEATURE_MISSING',
    what: `The model reads "${feature}", which the encoders do not make`,
    expected: `one of: ${features.join(', ')}`,
    fix: 'Create the model with the schema of these encoders',
  });
}

export function batchTooLarge(episodes: number, tasks: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_BATCH_SIZE',
    what: `${episodes} episodes were given for one batch`,
    expected: `at most ${tasks}`,
    fix: 'Assemble fewer episodes at once, or make the assembler with a larger "tasks"',
  });
}

export function episodeTooLarge(part: string, rows: number, limit: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_EPISODE_SIZE',
    what: `An episode has ${rows} ${part} rows`,
    expected: `at most ${limit}, the "${part}" of the assembler`,
    fix: 'Cut episodes with the same limits as the assembler',
  });
}

export function tooManyMalformed(
  source: string,
  bad: number,
  rowsRead: number,
  malformed: ReadReport['malformed'],
  limits: { readonly maxMalformedShare: number; readonly maxMalformed: number },
): LimamlError {
  const reasons = malformed.map(
    ({ reason, count, examples }) => `${reason}: ${count} (${examples.join(', ')})`,
  );
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_MALFORMED',
    what: `${bad} of ${rowsRead} rows are malformed; ${reasons.join('; ')}`,
    where: { source },
    expected: spellLimits(limits),
    fix: 'Correct the file or the columns and formats you named, or raise maxMalformedShare',
  });
}

export function pathMissing(dataset: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_PATH_MISSING',
    what: `Dataset "${dataset}" was not told where its files are`,
    fix: `Name the folder: --data ${dataset}=FOLDER`,
  });
}

export function fileMissing(file: string, cause?: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_FILE_MISSING',
    what: 'The file is missing or cannot be read',
    where: { file },
    fix: 'Check the path and the permissions',
    cause,
  });
}

export function movieLensNotFound(folder: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_MOVIELENS_NOT_FOUND',
    what: 'The folder holds no MovieLens data set in its original format',
    where: { folder },
    expected: 'ratings.dat, users.dat and movies.dat (1M), or u.data, u.user and u.item (100K)',
    fix: 'Unpack the archive and name the folder that holds these files',
  });
}

export function emptyFile(file: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_EMPTY',
    what: 'The file is empty',
    where: { file },
    expected: 'a header and rows',
    fix: 'Check that the file is complete',
  });
}

export function emptyLog(source: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_EMPTY',
    what: 'No interaction was read',
    where: { source },
    expected: 'at least one well-formed row',
    fix: 'Check that the file is complete',
  });
}

export function optionInvalid(option: string, value: unknown, expected: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_OPTION',
    what: `Option "${option}" is ${JSON.stringify(value)}`,
    expected,
    fix: `Correct "${option}"`,
  });
}

export function labelRuleInvalid(rule: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_LABEL_RULE',
    what: `The label rule ${JSON.stringify(rule)} cannot be read`,
    expected:
      'a column, an operator (>=, <=, >, <, ==, !=) and a number, e.g. "rating >= 4", a column alone, or "rating - 3.5"',
    fix: 'Rewrite the rule',
  });
}

export function optionUnknown(option: string, known: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_OPTION',
    what: `Option "${option}" does not exist`,
    expected: `one of: ${known.join(', ')}`,
    fix: didYouMean(option, known) || `Remove "${option}"`,
  });
}

/** @param folder where temporary files go */
export function sortFailed(folder: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_SORT',
    what: `The interactions could not be sorted by entity: ${firstLine(cause)}`,
    where: { folder },
    expected: 'room for temporary files of about the size of the interactions',
    fix: 'Make room, or have the environment variable TMPDIR name a folder that has it',
    cause,
  });
}

export function fileUnreadable(file: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_UNREADABLE',
    what: `The file cannot be read: ${firstLine(cause)}`,
    where: { file },
    fix: 'Check that the file is complete and of the format that the spec says',
    cause,
  });
}

export function formatUnknown(file: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_FORMAT',
    what: 'The ending of the file does not tell its format',
    where: { file },
    expected: '.csv, .tsv, .jsonl, .ndjson (each also with .gz) or .parquet',
    fix: 'Name the format in the spec: format: "csv"',
  });
}

export function formatsMixed(folder: string, formats: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_FORMAT',
    what: `The files of the folder have different formats: ${formats.join(', ')}`,
    where: { folder },
    expected: 'files of one format',
    fix: 'Name a folder with the files of one table only',
  });
}

export function specInvalid(problems: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_SPEC',
    what: `The table spec is wrong: ${oneLine(problems)}`,
    fix: 'Correct the spec',
  });
}

export function specUnknownKey(key: string, at: string, known: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_SPEC_KEY',
    what: `The table spec has an unknown key "${key}"`,
    where: { at: at === '' ? undefined : at },
    fix: didYouMean(key, known) || `Remove "${key}"`,
  });
}

export function writeFailed(file: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_DATA_WRITE',
    what: `The file could not be written: ${firstLine(cause)}`,
    where: { file },
    fix: 'Free disk space or choose another folder; nothing that was there before was changed',
    cause,
  });
}

/** Names beyond these say little, and what is taken for a header may be anything. */
const NAMES_SHOWN = 40;
const NAME_LENGTH = 60;

function spellNames(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).map((name) => name.slice(0, NAME_LENGTH));
  const rest = names.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function spellLimits({
  maxMalformedShare,
  maxMalformed,
}: Parameters<typeof tooManyMalformed>[4]): string {
  const share = `at most a share of ${maxMalformedShare}`;
  return maxMalformed === Infinity ? share : `${share} and ${maxMalformed} rows`;
}

/** The problems that zod lists, each on one line with its place below. */
function oneLine(problems: string): string {
  return problems
    .replaceAll(/\s*\n\s*→ /g, ' ')
    .replaceAll('\n', '; ')
    .replaceAll('✖ ', '');
}

function firstLine(cause: unknown): string {
  return String(cause instanceof Error ? cause.message : cause).split('\n')[0]!;
}
