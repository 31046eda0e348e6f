import type { EmbeddingVersion, MetaEmbeddingStore } from '@limaml/plugin';
import { storeOfAnotherBundle } from './errors.js';
import type { Bundle } from './open-bundle.js';
import { priorEmbeddings } from './prior-embeddings.js';
import type { ScoreRequest } from './score-request.js';

/** Embeddings of some entities, all of one store version. */
export interface EntityVectors {
  /** `[entities, D]`. */
  readonly vectors: Float32Array;
  readonly version: number | undefined;
  /** Per entity, whether it had no stored embedding, so that its prior is in its place. */
  readonly prior: readonly boolean[];
}

/** An entity to find. */
export type WantedEntity = Pick<ScoreRequest, 'entity' | 'profile' | 'embedding'>;

/** No entity has this id: it stands for none, or one that nobody named. Its features are the defaults. */
export const UNKNOWN = '\0unknown';

/** Whether embeddings of another bundle are refused, or taken for none. */
export type Strictness = 'strict' | 'lenient';

/**
 * The version that is served, which must be this bundle's.
 * @throws LIMAML_ERR_SERVING_STORE_MISMATCH
 */
export async function servedVersion(
  { manifest }: Bundle,
  store: MetaEmbeddingStore,
): Promise<EmbeddingVersion | undefined> {
  const current = await store.current(manifest.entity);
  if (current !== undefined && current.bundle !== manifest.fingerprint)
    throw storeOfAnotherBundle(manifest.entity, current.bundle, manifest.fingerprint);
  return current;
}

/**
 * The version that is served if this bundle made it, or none: while another bundle generates type after type into a
 * store that both share, what it made already is of no use to this one.
 */
async function ownVersion(
  { manifest }: Bundle,
  store: MetaEmbeddingStore,
): Promise<EmbeddingVersion | undefined> {
  const current = await store.current(manifest.entity);
  return current?.bundle === manifest.fingerprint ? current : undefined;
}

/**
 * Reads the embeddings of entities, all from one version; an entity without one gets its prior.
 *
 * @param strictness what to do when another bundle made the stored embeddings
 * @throws LIMAML_ERR_SERVING_STORE_MISMATCH
 */
export async function readVectors(
  bundle: Bundle,
  store: MetaEmbeddingStore,
  wanted: readonly WantedEntity[],
  strictness: Strictness = 'strict',
): Promise<EntityVectors> {
  const { entity, embedding } = bundle.manifest;
  const vectors = new Float32Array(wanted.length * embedding.dim);
  const versionOf = strictness === 'strict' ? servedVersion : ownVersion;
  const before = await versionOf(bundle, store);
  const ids = wanted.map((one) => one.entity);
  const found = before ? await store.get(entity, ids, vectors) : ids.map(() => false);
  const after = before ? await versionOf(bundle, store) : before;
  // A version was published in between: which of the two the vectors belong to is not known.
  if (after?.version !== before?.version) return readVectors(bundle, store, wanted, strictness);
  const prior = found.map((isFound, row) => !isFound && wanted[row]!.embedding === undefined);
  await fillPriors(bundle, wanted, prior, vectors);
  wanted.forEach((one, row) => {
    if (one.embedding !== undefined) vectors.set(one.embedding, row * embedding.dim);
  });
  return { vectors, version: before?.version, prior };
}

async function fillPriors(
  bundle: Bundle,
  wanted: readonly WantedEntity[],
  prior: readonly boolean[],
  vectors: Float32Array,
): Promise<void> {
  const { dim } = bundle.manifest.embedding;
  const rows = [...prior.keys()].filter((row) => prior[row]);
  if (rows.length === 0) return;
  const records = rows.map((row) => {
    const { entity, profile } = wanted[row]!;
    return bundle.encoders.encodeEntity({ ...profile, id: entity });
  });
  const embeddings = await priorEmbeddings(bundle, records);
  rows.forEach((row, at) => {
    vectors.set(embeddings.subarray(at * dim, (at + 1) * dim), row * dim);
  });
}
