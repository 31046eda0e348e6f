import type { EmbeddingVersion, NewVersion } from '@limaml/plugin';
import { bundleMismatch, noPrevious, nothingPublished, writerSuperseded } from './errors.js';

/** What a store knows about the versions of one entity type. */
export interface Catalogue {
  /** Number of the version that readers follow. */
  readonly current?: number;
  /** The version that a writer stages; it is in none of the other lists. */
  readonly staged?: EmbeddingVersion;
  /** Number of the writer that may stage; one that was superseded finds another here. */
  readonly writer?: number;
  /** Published versions, newest first. Those over `current` were rolled back. */
  readonly published: readonly EmbeddingVersion[];
}

/** A catalogue after a change, and the versions whose vectors nobody needs any more. */
export interface CatalogueChange {
  readonly catalogue: Catalogue;
  readonly dropped: readonly number[];
}

export const EMPTY_CATALOGUE: Catalogue = { published: [] };

/** A version as an earlier limaml described it. */
type StoredVersion = Omit<EmbeddingVersion, 'dtype'> & Partial<Pick<EmbeddingVersion, 'dtype'>>;

/** A catalogue as it was stored, by this limaml or an earlier one. */
export type StoredCatalogue = Omit<Catalogue, 'staged' | 'published'> & {
  readonly staged?: StoredVersion;
  readonly published: readonly StoredVersion[];
};

/** Completes a stored catalogue: before dtypes could be chosen, all vectors were float32. */
export function completeCatalogue({ staged, published, ...stored }: StoredCatalogue): Catalogue {
  return {
    ...stored,
    published: published.map(completeVersion),
    ...(staged && { staged: completeVersion(staged) }),
  };
}

function completeVersion(version: StoredVersion): EmbeddingVersion {
  return { dtype: 'float32', ...version };
}

/**
 * Begins a version, or goes on with the staged one where that is wanted and possible. What else was staged is
 * dropped.
 *
 * @param number never given before: of the writer, and of the version unless one is resumed
 */
export function beginVersion(
  catalogue: Catalogue,
  wanted: NewVersion,
  number: number,
): CatalogueChange & { readonly staged: EmbeddingVersion } {
  const { staged } = catalogue;
  if (wanted.resume && staged && isSameVersion(staged, wanted))
    return { catalogue: { ...catalogue, writer: number }, dropped: [], staged };
  const { entity, bundle, dim, dtype = 'float32' } = wanted;
  const createdAt = new Date().toISOString();
  const begun = { version: number, entity, bundle, dim, dtype, count: 0, createdAt };
  const dropped = staged ? [staged.version] : [];
  return { catalogue: { ...catalogue, staged: begun, writer: number }, dropped, staged: begun };
}

function isSameVersion(staged: EmbeddingVersion, wanted: NewVersion): boolean {
  const { bundle, dim, dtype = 'float32' } = wanted;
  return staged.bundle === bundle && staged.dim === dim && staged.dtype === dtype;
}

/**
 * The staged version, for the writer that may stage.
 *
 * @throws LIMAML_ERR_STORE_WRITER_SUPERSEDED
 */
export function stagedBy(
  { staged, writer }: Catalogue,
  own: { readonly entity: string; readonly version: number; readonly writer: number },
): EmbeddingVersion {
  if (staged?.version !== own.version || writer !== own.writer)
    throw writerSuperseded(own.entity, own.version);
  return staged;
}

/** Forgets the staged version, where it still is that of this writer. */
export function unstageVersion(catalogue: Catalogue, own: number): CatalogueChange {
  const { staged, writer, ...rest } = catalogue;
  if (!staged || writer !== own) return { catalogue, dropped: [] };
  return { catalogue: rest, dropped: [staged.version] };
}

/**
 * Makes `version` current. Versions that were rolled back and those beyond the newest `keep` are dropped.
 */
export function publishVersion(
  { current = 0, published }: Catalogue,
  version: EmbeddingVersion,
  keep: number,
): CatalogueChange {
  const inUse = published.filter((other) => other.version <= current);
  const kept = [version, ...inUse].slice(0, keep);
  return {
    catalogue: { current: version.version, published: kept },
    dropped: published.filter((other) => !kept.includes(other)).map((other) => other.version),
  };
}

/** The version that readers follow. */
export function currentVersion({ current, published }: Catalogue): EmbeddingVersion | undefined {
  return published.find(({ version }) => version === current);
}

/**
 * The version before the current one, to be made current again.
 *
 * @throws LIMAML_ERR_STORE_EMPTY, LIMAML_ERR_STORE_NO_PREVIOUS
 */
export function versionBefore({ current, published }: Catalogue, entity: string): EmbeddingVersion {
  if (current === undefined) throw nothingPublished(entity);
  const previous = published.find(({ version }) => version < current);
  if (!previous) throw noPrevious(entity, current);
  return previous;
}

/**
 * The current version, where a vector of this bundle may be refreshed.
 *
 * @throws LIMAML_ERR_STORE_EMPTY, LIMAML_ERR_STORE_BUNDLE_MISMATCH
 */
export function versionToRefresh(
  catalogue: Catalogue,
  entity: string,
  bundle: string,
): EmbeddingVersion {
  const current = currentVersion(catalogue);
  if (!current) throw nothingPublished(entity);
  if (current.bundle !== bundle) throw bundleMismatch(current, bundle);
  return current;
}

/** All versions that have vectors: those published, and the staged one. */
export function listedVersions({ published, staged }: Catalogue): readonly EmbeddingVersion[] {
  return staged ? [staged, ...published] : published;
}

/** Replaces the description of a version, e.g. after a refresh added an id. */
export function describeAnew(catalogue: Catalogue, changed: EmbeddingVersion): Catalogue {
  const anew = (other: EmbeddingVersion): EmbeddingVersion =>
    other.version === changed.version ? changed : other;
  const published = catalogue.published.map(anew);
  return { ...catalogue, published, ...(catalogue.staged && { staged: anew(catalogue.staged) }) };
}
