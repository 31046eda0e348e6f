import type { PluginBase } from './plugin.js';

/**
 * How the numbers of a vector are kept: as they are, in half precision (to a relative 2⁻¹¹, and no greater
 * than 65504), or as whole numbers from −127 to 127 with one scale per vector (to half a scale).
 */
export type EmbeddingDtype = 'float32' | 'float16' | 'int8';

/** Ties vectors to the bundle that made them. */
export interface EmbeddingVersion {
  /** Set by the store, increasing, never used twice. */
  readonly version: number;
  readonly entity: string;
  /** Fingerprint of the bundle; scoring with another bundle is refused. */
  readonly bundle: string;
  readonly dim: number;
  /** How its vectors are kept, those of later refreshes included. */
  readonly dtype: EmbeddingDtype;
  readonly count: number;
  /** ISO 8601. */
  readonly createdAt: string;
  /**
   * Moment of the newest interaction in the log that it was generated from, in milliseconds since 1970: what
   * happened later is not in it. Absent where `publish` was not told.
   */
  readonly through?: number;
}

/** What a version begins with. */
export interface NewVersion extends Pick<EmbeddingVersion, 'entity' | 'bundle' | 'dim'> {
  /** Default `'float32'`. Vectors go in and come out as float32 all the same. */
  readonly dtype?: EmbeddingDtype;
  /**
   * Whether to go on with what a writer of the same bundle, dim and dtype staged and did not finish, where there
   * is such: a killed job's vectors are kept, `VersionWriter.marker` says how far it came, and that writer is
   * refused from then on. Default false.
   */
  readonly resume?: boolean;
}

/**
 * Writes one version. Nothing is visible to readers until `publish`. A later `begin` for the same entity
 * type supersedes a writer that has not finished: what it staged is dropped, unless it is resumed, and it is
 * refused from then on. A writer that is neither published nor aborted leaves what it staged to be resumed.
 */
export interface VersionWriter {
  /** The last marker that was put by the writer which this one resumes; undefined where nothing is resumed. */
  readonly marker?: string | undefined;
  /**
   * Stages vectors, row i of `vectors` ([n, dim], row-major) for `ids[i]`. A repeated id replaces. Leave
   * `vectors` alone until the promise settles.
   *
   * @param marker how far the job is with these vectors, for who resumes it: kept once all of them, and all
   *   before, are. Default: the marker before stays
   *
   * @throws a coded error for a wrong size, a number that is not finite or that the dtype cannot hold, or an
   *   id that is too long or not well-formed Unicode; nothing of the batch is staged then
   */
  put(ids: readonly string[], vectors: Float32Array, marker?: string): Promise<void>;
  /** Makes the version current by one atomic switch; the previous one stays for rollback. */
  publish(details?: Pick<EmbeddingVersion, 'through'>): Promise<EmbeddingVersion>;
  /** Drops what was staged. After `publish` or `abort` it does nothing. */
  abort(): Promise<void>;
}

/** Some vectors of a version. */
export interface EmbeddingRows {
  readonly ids: readonly string[];
  /** Row i belongs to `ids[i]`, `[ids.length, dim]`. */
  readonly vectors: Float32Array;
}

/** What a store holds of an entity type. */
export interface StoreStatistics {
  /** Published versions that are kept. */
  readonly versions: number;
  /** Vectors of all of them together. */
  readonly vectors: number;
  /** Bytes that the whole store takes, of all entity types, on the disk or in memory; about. */
  readonly bytes: number;
}

/**
 * Versioned meta embeddings by entity type and id. After `close` everything but `close` throws a coded
 * error.
 */
export interface MetaEmbeddingStore {
  /** Short name, e.g. `'lmdb'`. */
  readonly name: string;
  /**
   * Starts a version, which `publish` of the writer makes current.
   *
   * @throws a coded error for a width below 1, an unknown dtype, or an entity type that is no name
   */
  begin(version: NewVersion): Promise<VersionWriter>;
  /** The current version of an entity type, or undefined before the first publish. */
  current(entity: string): Promise<EmbeddingVersion | undefined>;
  /** Published versions that are kept, newest first; one that was rolled back is listed until the next publish. */
  versions(entity: string): Promise<readonly EmbeddingVersion[]>;
  /**
   * Reads vectors of the current version into `into` ([ids.length, dim]), all from one version; rows of
   * unknown ids are left alone.
   *
   * @returns per id, whether it was found
   */
  get(entity: string, ids: readonly string[], into: Float32Array): Promise<readonly boolean[]>;
  /**
   * Replaces vectors of the current version in place, or adds them (nearline refresh); of several all or none.
   *
   * @param id one id, or one for each row of `vectors` ([ids.length, dim])
   * @throws a coded error when nothing is published, or `bundle` is not the current version's
   */
  refresh(
    entity: string,
    bundle: string,
    id: string | readonly string[],
    vectors: Float32Array,
  ): Promise<void>;
  /**
   * Makes the version before the current one current again.
   *
   * @throws a coded error when no version is kept before the current one
   */
  rollback(entity: string): Promise<EmbeddingVersion>;
  /**
   * Forgets an entity: deletes its vector from all versions that are kept, and from the one that is being
   * staged. A job that is generating may put it again: take the entity out of the log first.
   *
   * @returns how many versions held it
   */
  delete(entity: string, id: string): Promise<number>;
  /**
   * All vectors of the version that is current when reading begins, in no particular order; none before the
   * first publish. What is refreshed or deleted meanwhile may be seen or not.
   *
   * @param batch vectors read at once, at most. Default 4096
   * @throws a coded error when the version is dropped before the end, by two publishes meanwhile
   */
  entries(entity: string, batch?: number): AsyncIterable<EmbeddingRows>;
  /** What the store holds of an entity type; zeros before the first publish. */
  statistics(entity: string): Promise<StoreStatistics>;
  /** Releases what the store holds; twice is once. */
  close(): Promise<void>;
}

/** How a store is opened. */
export interface OpenStoreOptions {
  /** Whether to make a store where there is none; default true. Who only reads says false. */
  readonly create?: boolean;
}

/** Opens stores. Run `testStorePlugin` of `@limaml/plugin/testing` on an implementation. */
export interface StorePlugin extends PluginBase<'store'> {
  /**
   * Opens a store, or makes it.
   *
   * @param location folder or address; in-memory stores keep contents by location while the plugin lives
   * @throws a coded error when there is no store and `create` is false; nothing is left behind then
   */
  open(location: string, options?: OpenStoreOptions): Promise<MetaEmbeddingStore>;
}

declare module './plugin.js' {
  interface PluginKinds {
    store: StorePlugin;
  }
}
