import { isLimamlError } from '@limaml/errors';
import { defineStore } from '@limaml/plugin';
import type { EmbeddingRows, StorePlugin } from '@limaml/plugin';
import { statSync } from 'node:fs';
import type { Backend, Snapshot, StoredVectors, Transaction } from './backend.js';
import { completeCatalogue, EMPTY_CATALOGUE } from './catalogue.js';
import type { Catalogue, StoredCatalogue } from './catalogue.js';
import { corruptStore, invalidOption, writeFailed } from './errors.js';
import { MAX_ID_BYTES, isStorableId } from './input-checks.js';
import { commitInBackground } from './lmdb-commit.js';
import { openEnvironment } from './lmdb-environment.js';
import type { Environment } from './lmdb-environment.js';
import { dataFile } from './lmdb-files.js';
import { VersionedStore, keptVersions } from './versioned-store.js';
import type { StoreOptions } from './versioned-store.js';
import { VECTOR_CODECS } from './vector-codec.js';

const VERSION_BYTES = 6;
const ROWS_PER_SWEEP = 10_000;
const MARKER_PREFIX = 'marker:';
const GARBAGE_PREFIX = 'garbage:';
/** Follows every key of {@link GARBAGE_PREFIX}. */
const GARBAGE_END = 'garbage;';

/**
 * Meta embeddings in an LMDB folder, the embedded default: memory-mapped, any number of reading processes,
 * one writing at a time. A version is published by one transaction; a process that dies before it leaves the
 * version before in use, and what it staged is deleted when the next version of that entity type begins.
 *
 * Keeps {@link StoreOptions.keepVersions} versions. Ids have at most 1024 bytes in UTF-8.
 *
 * @throws LIMAML_ERR_STORE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const store = await lmdbStore().open('./embeddings');
 * const into = new Float32Array(2 * 32);
 * const found = await store.get('member', ['m1', 'm2'], into);
 * await store.close();
 * ```
 */
export function lmdbStore(options: StoreOptions = {}): StorePlugin {
  const keep = keptVersions(options);
  return defineStore({
    name: 'lmdb',
    open: async (location: string, { create = true } = {}) => {
      if (location === '') throw invalidOption('location', location, 'the path of a folder');
      const environment = await openEnvironment(location, create);
      return new VersionedStore('lmdb', new LmdbBackend(environment), keep);
    },
  });
}

class LmdbBackend implements Backend, Snapshot, Transaction {
  readonly #environment: Environment;
  /** LMDB copies keys when they are passed, so one buffer serves all. */
  readonly #key = Buffer.alloc(VERSION_BYTES + MAX_ID_BYTES);
  #closed = false;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** All reads until control returns to the event loop see one snapshot. */
  read<T>(action: (snapshot: Snapshot) => T): T {
    try {
      return action(this);
    } catch (error) {
      throw isLimamlError(error)
        ? error
        : corruptStore(this.#environment.folder, 'a read failed', error);
    }
  }

  /**
   * Synchronous underneath: of a commit that fails (a full disk), LMDB's asynchronous transactions may
   * tell nobody, and their promise then stays pending. Whatever is thrown undoes the transaction.
   */
  async update<T>(action: (transaction: Transaction) => T): Promise<T> {
    const { root, folder } = this.#environment;
    try {
      return root.transactionSync(() => action(this));
    } catch (error) {
      throw isLimamlError(error) ? error : writeFailed(folder, error);
    }
  }

  commit<T>(action: (transaction: Transaction) => T): Promise<T> {
    const { root, folder } = this.#environment;
    return commitInBackground(root, folder, () => action(this));
  }

  catalogue(entity: string): Catalogue {
    const found = this.#environment.catalogue.get(`entity:${entity}`);
    return completeCatalogue((found as StoredCatalogue | undefined) ?? EMPTY_CATALOGUE);
  }

  setCatalogue(entity: string, catalogue: Catalogue): void {
    void this.#environment.catalogue.put(`entity:${entity}`, catalogue);
  }

  vectors(
    { version, dim, dtype }: StoredVectors,
    ids: readonly string[],
    into: Float32Array,
  ): readonly boolean[] {
    const codec = VECTOR_CODECS[dtype];
    const width = codec.bytesOf(dim);
    return ids.map((id, row) => {
      const vector =
        isStorableId(id) && this.#environment.vectors.getBinaryFast(this.#keyOf(version, id));
      if (!vector) return false;
      if (vector.length !== width) throw this.#wrongWidth(id, vector.length, width);
      codec.decode(vector, into, row * dim, dim);
      return true;
    });
  }

  marker(version: number): string | undefined {
    return this.#environment.catalogue.get(MARKER_PREFIX + String(version)) as string | undefined;
  }

  setMarker(version: number, marker: string | undefined): void {
    const key = MARKER_PREFIX + String(version);
    if (marker !== undefined) void this.#environment.catalogue.put(key, marker);
    else if (this.#environment.catalogue.doesExist(key))
      void this.#environment.catalogue.remove(key);
  }

  nextVersion(): number {
    const next = Number(this.#environment.catalogue.get('last-version') ?? 0) + 1;
    void this.#environment.catalogue.put('last-version', next);
    return next;
  }

  setVector({ version, dtype }: StoredVectors, id: string, vector: Float32Array): boolean {
    const isNew = !this.#environment.vectors.doesExist(this.#keyOf(version, id));
    const { buffer, byteOffset, byteLength } = VECTOR_CODECS[dtype].encode(vector);
    const bytes = Buffer.from(buffer, byteOffset, byteLength);
    void this.#environment.vectors.put(this.#keyOf(version, id), bytes);
    return isNew;
  }

  deleteVector(version: number, id: string): boolean {
    const exists =
      isStorableId(id) && this.#environment.vectors.doesExist(this.#keyOf(version, id));
    if (exists) void this.#environment.vectors.remove(this.#keyOf(version, id));
    return exists;
  }

  drop(version: number): void {
    this.setMarker(version, undefined);
    void this.#environment.catalogue.put(GARBAGE_PREFIX + String(version), version);
  }

  async flush(): Promise<void> {
    await this.#environment.root.flushed;
  }

  async sweep(): Promise<void> {
    const { catalogue } = this.#environment;
    const garbage = [...catalogue.getRange({ start: GARBAGE_PREFIX, end: GARBAGE_END })];
    for (const { key, value } of garbage) {
      const deleted = await this.#deleteVectors(Number(value));
      if (deleted) await this.update(() => catalogue.remove(key));
    }
  }

  *scan(of: StoredVectors, batch: number): Generator<EmbeddingRows> {
    let after = prefixOf(of.version);
    for (;;) {
      const range = { start: after, end: prefixOf(of.version + 1), limit: batch };
      const found = [...this.#environment.vectors.getRange(range)];
      if (found.length === 0) return;
      yield this.#rowsOf(found, of);
      after = following(found.at(-1)!.key);
    }
  }

  bytes(): number {
    return statSync(dataFile(this.#environment.folder)).size;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#environment.root.close();
  }

  /**
   * In pieces: a version may hold millions of rows, and other writers wait for the transaction.
   *
   * @returns false when the store was closed meanwhile; the next sweep goes on then
   */
  async #deleteVectors(version: number): Promise<boolean> {
    const { vectors } = this.#environment;
    const range = { start: prefixOf(version), end: prefixOf(version + 1), limit: ROWS_PER_SWEEP };
    while (!this.#closed) {
      const keys = [...vectors.getKeys(range)];
      if (keys.length === 0) return true;
      await this.update(() => {
        for (const key of keys) void vectors.remove(key);
      });
    }
    return false;
  }

  #rowsOf(
    found: readonly { key: Buffer; value: Buffer }[],
    { dim, dtype }: StoredVectors,
  ): EmbeddingRows {
    const codec = VECTOR_CODECS[dtype];
    const vectors = new Float32Array(found.length * dim);
    const ids = found.map(({ key, value }, row) => {
      const id = key.toString('utf8', VERSION_BYTES);
      if (value.length !== codec.bytesOf(dim))
        throw this.#wrongWidth(id, value.length, codec.bytesOf(dim));
      codec.decode(value, vectors, row * dim, dim);
      return id;
    });
    return { ids, vectors };
  }

  #keyOf(version: number, id: string): Buffer {
    this.#key.writeUIntBE(version, 0, VERSION_BYTES);
    const idBytes = this.#key.write(id, VERSION_BYTES);
    return this.#key.subarray(0, VERSION_BYTES + idBytes);
  }

  #wrongWidth(id: string, got: number, expected: number) {
    const problem = `the vector of ${JSON.stringify(id)} has ${got} bytes, not ${expected}`;
    return corruptStore(this.#environment.folder, problem);
  }
}

/** The least key behind another one. */
function following(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.alloc(1)]);
}

function prefixOf(version: number): Buffer {
  const prefix = Buffer.alloc(VERSION_BYTES);
  prefix.writeUIntBE(version, 0, VERSION_BYTES);
  return prefix;
}
