import type { EmbeddingDtype, NewVersion } from '@limaml/plugin';
import { invalidId, invalidVersion, notFinite, outOfRange, wrongSize } from './errors.js';
import { VECTOR_CODECS } from './vector-codec.js';

/** Longest entity id, in bytes of UTF-8. LMDB keys hold 1978. */
export const MAX_ID_BYTES = 1024;

/** The names a registry allows. */
const ENTITY_PATTERN = /^[A-Za-z0-9][A-Za-z0-9@._-]{0,63}$/;
/** Half a surrogate pair: it has no UTF-8 form, so two such ids would share a key. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a store can hold the id at all; reads answer "not found" to others. */
export function isStorableId(id: string): boolean {
  return Buffer.byteLength(id) <= MAX_ID_BYTES && !LONE_SURROGATE.test(id);
}

/** @throws LIMAML_ERR_STORE_ID_INVALID */
export function assertId(id: string): void {
  if (isStorableId(id)) return;
  const problem = LONE_SURROGATE.test(id) ? 'is not well-formed Unicode' : 'is too long';
  throw invalidId(id, problem, MAX_ID_BYTES);
}

/** @throws LIMAML_ERR_STORE_VERSION_INVALID */
export function assertEntity(entity: string): void {
  if (ENTITY_PATTERN.test(entity)) return;
  throw invalidVersion(
    'entity',
    entity,
    'the name of an entity plugin: letters, digits and @ . _ -',
  );
}

/** @throws LIMAML_ERR_STORE_VERSION_INVALID */
export function assertVersion({ entity, bundle, dim, dtype = 'float32' }: NewVersion): void {
  assertEntity(entity);
  if (bundle === '') throw invalidVersion('bundle', bundle, 'the fingerprint of a bundle');
  if (!Number.isInteger(dim) || dim < 1)
    throw invalidVersion('dim', dim, 'a whole number from 1 on');
  if (!Object.hasOwn(VECTOR_CODECS, dtype))
    throw invalidVersion('dtype', dtype, `one of ${Object.keys(VECTOR_CODECS).join(', ')}`);
}

/** @throws LIMAML_ERR_STORE_VECTOR_SIZE */
export function assertSize(what: string, numbers: Float32Array, rows: number, dim: number): void {
  if (numbers.length !== rows * dim) throw wrongSize(what, numbers.length, rows, dim);
}

/**
 * @throws LIMAML_ERR_STORE_ID_INVALID, LIMAML_ERR_STORE_VECTOR_SIZE, LIMAML_ERR_STORE_VECTOR_NOT_FINITE,
 *   LIMAML_ERR_STORE_VECTOR_RANGE
 */
export function assertBatch(
  ids: readonly string[],
  vectors: Float32Array,
  { dim, dtype }: { readonly dim: number; readonly dtype: EmbeddingDtype },
): void {
  assertSize('The batch of vectors', vectors, ids.length, dim);
  ids.forEach(assertId);
  const { limit } = VECTOR_CODECS[dtype];
  const wrong = vectors.findIndex((value) => !(Math.abs(value) <= limit));
  if (wrong < 0) return;
  const [id, value] = [ids[Math.floor(wrong / dim)]!, vectors[wrong]!];
  throw Number.isFinite(value)
    ? outOfRange(id, wrong % dim, value, dtype, limit)
    : notFinite(id, wrong % dim, value);
}
