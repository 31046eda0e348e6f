import type { PluginBase } from './plugin.js';

/** Ties vectors to the bundle that made them. */
export interface EmbeddingVersion {
  /** Set by the store, increasing. */
  readonly version: number;
  readonly entity: string;
  /** Fingerprint of the bundle; scoring with another bundle is refused. */
  readonly bundle: string;
  readonly dim: number;
  readonly count: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** Writes one version. Nothing is visible to readers until `publish`. */
export interface VersionWriter {
  /** Stages vectors, row i of `vectors` ([n, dim], row-major) for `ids[i]`. A repeated id replaces. */
  put(ids: readonly string[], vectors: Float32Array): Promise<void>;
  /** Makes the version current by one atomic switch; the previous one stays for rollback. */
  publish(): Promise<EmbeddingVersion>;
  /** Drops what was staged. */
  abort(): Promise<void>;
}

/** Versioned meta embeddings by entity type and id. */
export interface MetaEmbeddingStore {
  readonly name: string;
  begin(version: Pick<EmbeddingVersion, 'entity' | 'bundle' | 'dim'>): Promise<VersionWriter>;
  /** The current version of an entity type, or undefined before the first publish. */
  current(entity: string): Promise<EmbeddingVersion | undefined>;
  /** Published versions, newest first. */
  versions(entity: string): Promise<readonly EmbeddingVersion[]>;
  /**
   * Reads vectors of the current version into `into` ([ids.length, dim]); rows of unknown ids are left alone.
   * @returns per id, whether it was found
   */
  get(entity: string, ids: readonly string[], into: Float32Array): Promise<readonly boolean[]>;
  /** Replaces one vector of the current version in place (nearline refresh). */
  refresh(entity: string, bundle: string, id: string, vector: Float32Array): Promise<void>;
  /** Makes the version before the current one current again. */
  rollback(entity: string): Promise<EmbeddingVersion>;
  close(): Promise<void>;
}

/** Opens stores. */
export interface StorePlugin extends PluginBase<'store'> {
  /** @param location folder or address; ignored by in-memory stores */
  open(location: string): Promise<MetaEmbeddingStore>;
}
