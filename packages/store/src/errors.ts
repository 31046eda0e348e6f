import { LimamlError } from '@limaml/errors';
import type { EmbeddingVersion } from '@limaml/plugin';

export function storeClosed(store: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_CLOSED',
    what: 'The store is closed',
    where: { store },
    expected: 'a store in use',
    fix: 'Open it again, and close it after its last use',
  });
}

export function invalidOption(name: string, got: unknown, expected: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_OPTION_INVALID',
    what: `The option ${name} is ${JSON.stringify(got)}`,
    where: { option: name },
    expected,
    fix: `Correct ${name}, or leave it out`,
  });
}

export function invalidVersion(field: string, got: unknown, expected: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_VERSION_INVALID',
    what: `The ${field} of a version is ${JSON.stringify(got)}`,
    where: { field },
    expected,
    fix: 'Take entity, bundle and dim from the manifest of the bundle',
  });
}

export function invalidId(id: string, problem: string, maxBytes: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_ID_INVALID',
    what: `The entity id ${problem}`,
    where: { id: id.length > 40 ? `${id.slice(0, 40)}…` : id },
    expected: `well-formed Unicode of at most ${maxBytes} bytes in UTF-8`,
    fix: 'Use a shorter or hashed id in the log and in requests',
  });
}

export function wrongSize(what: string, got: number, rows: number, dim: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_VECTOR_SIZE',
    what: `${what} holds ${got} numbers`,
    expected: `${rows * dim} = ${rows} vectors of ${dim}`,
    fix: 'Pass one row-major vector per id, as wide as the version',
  });
}

export function wrongStoredSize(got: number, expected: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_VECTOR_SIZE',
    what: `A stored vector has ${got} bytes`,
    expected: `${expected} bytes, by the dim and dtype of its version`,
    fix: 'Something else has written to the keys of this store: generate the embeddings again',
  });
}

export function notFinite(id: string, column: number, value: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_VECTOR_NOT_FINITE',
    what: `A vector holds ${value}`,
    where: { id, column },
    expected: 'finite numbers',
    fix: 'Lower the inner learning rate or train again: the adaptation of this entity diverged',
  });
}

export function outOfRange(
  id: string,
  column: number,
  value: number,
  dtype: string,
  limit: number,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_VECTOR_RANGE',
    what: `A vector holds ${value}, which ${dtype} cannot`,
    where: { id, column },
    expected: `numbers from ${-limit} to ${limit}`,
    fix: 'Export the bundle with another dtype of embeddings (limaml export --embedding-dtype)',
  });
}

export function bundleMismatch(current: EmbeddingVersion, bundle: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_BUNDLE_MISMATCH',
    what: `A vector of the bundle ${JSON.stringify(bundle)} was refused`,
    where: { entity: current.entity, version: current.version },
    expected: `the bundle ${JSON.stringify(current.bundle)} that made the current version`,
    fix: 'Refresh with the bundle of the current version, or generate a new version',
  });
}

export function nothingPublished(entity: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_EMPTY',
    what: 'There is no published version',
    where: { entity },
    expected: 'a current version of this entity type',
    fix: 'Generate and publish embeddings first',
  });
}

export function noPrevious(entity: string, version: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_NO_PREVIOUS',
    what: 'There is no version to roll back to',
    where: { entity, version },
    expected: 'a kept version before the current one',
    fix: 'Publish a new version; raise keepVersions to keep more',
  });
}

export function versionGone(entity: string, version: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_VERSION_GONE',
    what: 'The version was dropped before all its vectors were read',
    where: { entity, version },
    expected: 'a version that is kept until reading ends',
    fix: 'Read again; raise keepVersions where versions are published faster than they are read',
  });
}

export function writerFinished(entity: string, version: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_WRITER_FINISHED',
    what: 'The writer has published or aborted its version already',
    where: { entity, version },
    expected: 'a writer in use',
    fix: 'Begin a new version',
  });
}

export function writerSuperseded(entity: string, version: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_WRITER_SUPERSEDED',
    what: 'Another writer has begun a version since, and what this one staged was dropped',
    where: { entity, version },
    expected: 'one writer per entity type at a time',
    fix: 'Run one generation at a time; the current version is untouched',
  });
}

export function storeMissing(location: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_MISSING',
    what: 'There is no meta-embedding store',
    where: { location },
    expected: 'a store to read; with create: false none is made',
    fix: 'Check the location, or generate embeddings into it first',
  });
}

export function foreignFolder(folder: string, problem: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_FOREIGN',
    what: `The folder is no meta-embedding store: ${problem}`,
    where: { folder },
    expected: 'a folder that lmdbStore() made, an empty one, or one that does not exist yet',
    fix: 'Name another folder; nothing in this one was changed',
  });
}

export function corruptStore(folder: string, problem: string, cause?: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_CORRUPT',
    what: `The store is damaged: ${problem}${cause === undefined ? '' : ` (${messageOf(cause)})`}`,
    where: { folder },
    expected: 'the files as LMDB wrote them',
    fix: 'Restore the folder from a backup, or delete it and generate the embeddings again',
    cause,
  });
}

export function openFailed(folder: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_OPEN_FAILED',
    what: `The store could not be opened: ${messageOf(cause)}`,
    where: { folder },
    expected: 'a folder that this process may create, read and write',
    fix: 'Check the path, its permissions and the space on the disk',
    cause,
  });
}

export function writeFailed(folder: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_WRITE_FAILED',
    what: `The store could not be written to: ${messageOf(cause)}`,
    where: { folder },
    expected: 'space on the disk and permission to write',
    fix: 'Make room and run the generation again; the current version is untouched',
    cause,
  });
}

export function serverFailed(location: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_SERVER_FAILED',
    what: `The server did not do what was asked: ${messageOf(cause)}`,
    where: { location },
    expected: 'a Redis or Valkey server that is up, lets this user in and has memory left',
    fix: 'Check the address, the credentials and the log of the server; the current version is untouched',
    cause,
  });
}

export function foreignServer(location: string, key: string, problem: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_STORE_FOREIGN',
    what: `The key ${JSON.stringify(key)} holds no meta-embedding store: ${problem}`,
    where: { location },
    expected:
      'a prefix that redisStore() has used with the same number of shards, or that nothing uses',
    fix: 'Choose another prefix or the shards it was made with; nothing was changed',
  });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
