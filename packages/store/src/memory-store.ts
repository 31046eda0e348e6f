import { defineStore } from '@limaml/plugin';
import type { EmbeddingRows, StorePlugin } from '@limaml/plugin';
import type { Backend, Snapshot, StoredVectors, Transaction } from './backend.js';
import { EMPTY_CATALOGUE } from './catalogue.js';
import type { Catalogue } from './catalogue.js';
import { storeMissing } from './errors.js';
import { VECTOR_CODECS } from './vector-codec.js';
import { VersionedStore, keptVersions } from './versioned-store.js';
import type { StoreOptions } from './versioned-store.js';

/**
 * Meta embeddings in memory: for tests, notebooks and small services. A location is just a name; opening it
 * again gives the same contents as long as the plugin lives. Copies are made on the way in and out.
 *
 * @throws LIMAML_ERR_STORE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const store = await memoryStore().open('members');
 * const writer = await store.begin({ entity: 'member', bundle: 'fingerprint', dim: 2 });
 * await writer.put(['m1'], Float32Array.of(0.5, -1));
 * await writer.publish();
 * ```
 */
export function memoryStore(options: StoreOptions = {}): StorePlugin {
  const keep = keptVersions(options);
  const contents = new Map<string, MemoryBackend>();
  return defineStore({
    name: 'memory',
    open: async (location: string, { create = true } = {}) => {
      const backend = contents.get(location) ?? (create ? new MemoryBackend() : undefined);
      if (!backend) throw storeMissing(location);
      contents.set(location, backend);
      return Promise.resolve(new VersionedStore('memory', backend, keep));
    },
    dispose: () => {
      contents.clear();
    },
  });
}

/** Updates run to their end before anything else does, so each is a transaction. */
class MemoryBackend implements Backend, Snapshot, Transaction {
  readonly #catalogues = new Map<string, Catalogue>();
  readonly #vectors = new Map<number, Map<string, Uint8Array>>();
  readonly #markers = new Map<number, string | undefined>();
  #lastVersion = 0;

  read<T>(action: (snapshot: Snapshot) => T): T {
    return action(this);
  }

  async update<T>(action: (transaction: Transaction) => T): Promise<T> {
    return Promise.resolve(action(this));
  }

  commit<T>(action: (transaction: Transaction) => T): Promise<T> {
    return this.update(action);
  }

  catalogue(entity: string): Catalogue {
    return this.#catalogues.get(entity) ?? EMPTY_CATALOGUE;
  }

  setCatalogue(entity: string, catalogue: Catalogue): void {
    this.#catalogues.set(entity, catalogue);
  }

  vectors(
    { version, dim, dtype }: StoredVectors,
    ids: readonly string[],
    into: Float32Array,
  ): readonly boolean[] {
    const rows = this.#vectors.get(version);
    return ids.map((id, row) => {
      const bytes = rows?.get(id);
      if (bytes) VECTOR_CODECS[dtype].decode(bytes, into, row * dim, dim);
      return bytes !== undefined;
    });
  }

  marker(version: number): string | undefined {
    return this.#markers.get(version);
  }

  setMarker(version: number, marker: string | undefined): void {
    this.#markers.set(version, marker);
  }

  nextVersion(): number {
    return ++this.#lastVersion;
  }

  setVector({ version, dtype }: StoredVectors, id: string, vector: Float32Array): boolean {
    const rows = this.#vectors.get(version) ?? new Map<string, Uint8Array>();
    const isNew = !rows.has(id);
    this.#vectors.set(version, rows.set(id, VECTOR_CODECS[dtype].encode(vector).slice()));
    return isNew;
  }

  deleteVector(version: number, id: string): boolean {
    return this.#vectors.get(version)?.delete(id) ?? false;
  }

  drop(version: number): void {
    this.#markers.delete(version);
    this.#vectors.delete(version);
  }

  *scan(of: StoredVectors, batch: number): Generator<EmbeddingRows> {
    const rows = this.#vectors.get(of.version);
    const all = [...(rows?.keys() ?? [])];
    for (let start = 0; start < all.length; start += batch) {
      const ids = all.slice(start, start + batch).filter((id) => rows?.has(id));
      const vectors = new Float32Array(ids.length * of.dim);
      this.vectors(of, ids, vectors);
      yield { ids, vectors };
    }
  }

  bytes(): number {
    const ofVersion = (rows: ReadonlyMap<string, Uint8Array>): number =>
      [...rows].reduce((sum, [id, bytes]) => sum + 2 * id.length + bytes.byteLength, 0);
    return [...this.#vectors.values()].reduce((sum, rows) => sum + ofVersion(rows), 0);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  sweep(): Promise<void> {
    return Promise.resolve();
  }

  /** Another handle may still be open: contents go with the plugin. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
