import type { EmbeddingVersion, MetaEmbeddingStore } from '@limaml/plugin';
import { rowOf } from './embedding-batch.js';
import { currentMoved, incrementalRefused } from './generation/errors.js';
import type { BundleManifest } from './manifest.js';

/** The version before, as a generation sees it. */
export interface PreviousVersion {
  readonly version: EmbeddingVersion | undefined;
  /** Whether the same bundle made it. */
  readonly comparable: boolean;
  /** Whether its vectors have as many numbers, so that drift can be measured. */
  readonly measurable: boolean;
}

export async function findPrevious(
  store: MetaEmbeddingStore,
  { entity, fingerprint, embedding }: BundleManifest,
): Promise<PreviousVersion> {
  const version = await store.current(entity);
  return {
    version,
    comparable: version?.bundle === fingerprint,
    measurable: version?.dim === embedding.dim,
  };
}

/**
 * The moment after which an interaction is new.
 *
 * @returns undefined where all entities are generated
 * @throws LIMAML_ERR_SERVING_INCREMENTAL_REFUSED
 */
export function momentOf(
  since: number | 'previous' | undefined,
  { version, comparable }: PreviousVersion,
  entity: string,
): number | undefined {
  if (since === undefined) return undefined;
  if (!version) throw incrementalRefused(entity, 'there is no version before');
  if (!comparable) throw incrementalRefused(entity, 'another bundle made them');
  if (since !== 'previous') return since;
  if (version.through === undefined)
    throw incrementalRefused(entity, 'their version does not say when its log ended');
  return version.through;
}

/** Vectors of the version before by row, undefined where it has none. */
export type VectorsBefore = (row: number) => Float32Array | undefined;

/**
 * Reads what the version before has of some entities.
 *
 * @throws LIMAML_ERR_SERVING_CURRENT_MOVED when another version is current by now
 */
export async function readPrevious(
  store: MetaEmbeddingStore,
  { version, measurable }: PreviousVersion,
  ids: readonly string[],
): Promise<VectorsBefore> {
  if (!version || !measurable) return () => undefined;
  const { entity, dim } = version;
  const assertCurrent = async (): Promise<void> => {
    const current = await store.current(entity);
    if (current?.version !== version.version) throw currentMoved(entity, version.version);
  };
  await assertCurrent();
  const vectors = new Float32Array(ids.length * dim);
  const found = await store.get(entity, ids, vectors);
  await assertCurrent();
  return (row) => (found[row] ? rowOf(vectors, row, dim) : undefined);
}
