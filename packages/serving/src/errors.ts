import { LimamlError } from '@limaml/errors';

const EXPORT_AGAIN = 'Export the run again, or copy the whole folder again';

export function bundleExists(path: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_BUNDLE_EXISTS',
    what: 'The folder to export to already exists',
    where: { path },
    expected: 'a path where nothing is yet',
    fix: 'Name another folder, or export with overwrite: true (--overwrite)',
  });
}

export function notABundle(path: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_OVERWRITE_REFUSED',
    what: 'The folder to overwrite is not a bundle',
    where: { path },
    expected: 'an earlier bundle (a folder with a manifest.json) or an empty folder',
    fix: 'Name another folder; only bundles are ever replaced',
  });
}

export function bundleUnwritable(path: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_BUNDLE_UNWRITABLE',
    what: `The bundle cannot be written: ${reason(cause)}`,
    where: { path },
    fix: 'Free some space or choose another folder; an earlier bundle in this place is intact',
    cause,
  });
}

export function bundleMissing(path: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_BUNDLE_MISSING',
    what: `There is no readable bundle: ${reason(cause)}`,
    where: { path },
    expected: 'a folder with a manifest.json, as exportBundle writes it',
    fix: 'Check the path, or export the run first',
    cause,
  });
}

export function manifestInvalid(path: string, problem: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_MANIFEST_INVALID',
    what: `The manifest is not valid: ${problem}`,
    where: { path },
    fix: EXPORT_AGAIN,
  });
}

export function formatUnsupported(path: string, format: unknown, supported: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_FORMAT_UNSUPPORTED',
    what: `The bundle has format version ${format === undefined ? 'none' : JSON.stringify(format)}`,
    where: { path },
    expected: `format version ${supported}`,
    fix: 'Export the run again with this version of limaml, or install the version that wrote it',
  });
}

export function bundleFileMissing(file: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_FILE_MISSING',
    what: `A file of the bundle cannot be read: ${reason(cause)}`,
    where: { file },
    expected: 'a regular file inside the bundle folder',
    fix: EXPORT_AGAIN,
    cause,
  });
}

export function bundleFileSize(file: string, got: number, expected: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_FILE_SIZE',
    what: `A file of the bundle has ${got} bytes`,
    where: { file },
    expected: `${expected} bytes, as the manifest says`,
    fix: EXPORT_AGAIN,
  });
}

export function bundleFileChecksum(file: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_FILE_CHECKSUM',
    what: 'A file of the bundle was changed after the export',
    where: { file },
    expected: 'the SHA-256 checksum in the manifest',
    fix: EXPORT_AGAIN,
  });
}

export function fingerprintMismatch(path: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_FINGERPRINT',
    what: 'The manifest was changed after the export: its fingerprint does not match its contents',
    where: { path },
    fix: EXPORT_AGAIN,
  });
}

export function modelPorts(file: string, problem: string, expected: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_MODEL_PORTS',
    what: `A model of the bundle does not fit its manifest: ${problem}`,
    where: { file },
    expected,
    fix: EXPORT_AGAIN,
  });
}

export function modelContents(file: string, problem: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_MODEL_CONTENTS',
    what: `A model of the bundle holds what no bundle does: ${problem}`,
    where: { file },
    expected: 'standard operators without loops, and constants inside the file in their own shape',
    fix: 'Export the run again; do not use a bundle whose origin you do not know',
  });
}

export function modelOpset(file: string, opset: number, supported: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_MODEL_OPSET',
    what: `A model of the bundle uses ONNX opset ${opset}`,
    where: { file },
    expected: `opset ${supported}`,
    fix: 'Export the run again with this version of limaml',
  });
}

export function candidateTableInvalid(file: string, problem: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_CANDIDATES_INVALID',
    what: `The candidate table is not valid: ${problem}`,
    where: { file },
    fix: EXPORT_AGAIN,
  });
}

export function encodersUnreadable(file: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_ENCODERS_INVALID',
    what: `The encoders are not JSON: ${reason(cause)}`,
    where: { file },
    fix: EXPORT_AGAIN,
    cause,
  });
}

export function schemaMismatch(path: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_SCHEMA_MISMATCH',
    what: 'The feature schema of the manifest is not that of the encoders',
    where: { path },
    fix: EXPORT_AGAIN,
  });
}

export function entityNotExportable(entity: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_ENTITY_NAME',
    what: `The entity type "${entity}" cannot be part of a file name`,
    where: { entity },
    expected: 'letters, digits, "-" and "_", starting with a letter',
    fix: 'Rename the entity plugin',
  });
}

export function severalEntities(model: string, inputs: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_SEVERAL_ENTITIES',
    what: `The model "${model}" reads embeddings of other entity types: ${inputs.join(', ')}`,
    expected: 'the joint model that it is a view of',
    fix: 'Give the run with its joint model (`joint`), as openRun does',
  });
}

export function otherNotInRows(type: string, known: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_OTHER_NOT_IN_ROWS',
    what: `Nothing in a request says which "${type}" it is about, so its embedding could not be looked up`,
    where: { entity: type },
    expected: `the type of a candidate or of an entity that belongs to it: ${known.join(', ')}`,
    fix: 'Train the joint model without this entity type',
  });
}

export function lossNotMeasurable(model: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_LOSS_NOT_MEASURABLE',
    what: `What 8 bits cost the joint model "${model}" cannot be measured before its embeddings are generated`,
    expected: 'a model of one entity type, or no measurement',
    fix: 'Quantise without measuring (`quantiseScore: true`)',
  });
}

export function paramMissing(input: string, program: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_PARAM_MISSING',
    what: `The run has no value for "${input}"`,
    where: { program, input },
    expected: 'a trained value for every parameter and table of the model',
    fix: 'Train the run to its end, or export another one',
  });
}

export function storeOfAnotherBundle(entity: string, store: string, bundle: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_STORE_MISMATCH',
    what: `The stored meta embeddings were made by bundle ${store.slice(0, 12)}`,
    where: { entity },
    expected: `bundle ${bundle.slice(0, 12)}, the one that is open`,
    fix: 'Generate the embeddings with this bundle (limaml generate), or open the bundle that made them',
  });
}

export function tooManyCandidates(got: number, limit: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_CANDIDATE_LIMIT',
    what: `A request names ${got} candidates`,
    expected: `1 to ${limit} candidates`,
    fix: 'Split the request, or raise maxCandidates of createScorer',
  });
}

export function queueFull(limit: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_QUEUE_FULL',
    what: 'Too many events wait for their refresh',
    expected: `at most ${limit} events that wait`,
    fix: 'Send the events again a little later',
  });
}

export function otherUnknown(type: string, known: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_OTHER_UNKNOWN',
    what: 'A request names another entity of a type that the bundle does not read',
    where: { type },
    expected: known.length === 0 ? 'no other entities' : `types: ${known.join(', ')}`,
    fix: 'Leave it out, or train with a dataset that has this entity type',
  });
}

export function embeddingNotFinite(entity: string, id: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_EMBEDDING_NOT_FINITE',
    what: 'The inner loop gave a meta embedding that is not finite',
    where: { entity, id },
    expected: 'finite numbers',
    fix: 'Look at the interactions of this entity; if it happens often, train with a smaller inner learning rate',
  });
}

export function scoresNotFinite(id: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_SCORES_NOT_FINITE',
    what: 'The scores of a request are not finite',
    where: { id },
    expected: 'finite numbers',
    fix: 'Check the numbers in the request; if they are fine, the bundle holds a diverged model',
  });
}

export function labelInvalid(index: number, got: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_EVENT_LABEL',
    what: `An event has the label ${String(got)}`,
    where: { event: index },
    expected: 'a finite number: 0 or 1 for clicks',
    fix: 'Send the outcome of the interaction as label',
  });
}

export function entityMismatch(expected: string, got: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_ENTITY_MISMATCH',
    what: `The bundle is for entities of type "${expected}", the log was read for "${got}"`,
    where: { entity: got },
    expected: `the entity plugin "${expected}"`,
    fix: 'Use the entity plugin the run was trained with',
  });
}

export function partsNotOfEntity(entity: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_PARTS_ENTITY',
    what: `The entity plugin "${entity}" makes its tasks of other interactions than all those of one entity`,
    where: { entity },
    expected: 'taskId() that gives the id of the entity for every interaction of a log in parts',
    fix: 'Load the log whole (limaml generate --whole)',
  });
}

export function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
