import type {
  EmbeddingRows,
  EmbeddingVersion,
  MetaEmbeddingStore,
  NewVersion,
  StoreStatistics,
  VersionWriter,
} from '@limaml/plugin';
import type { Backend, Snapshot, Transaction } from './backend.js';
import {
  beginVersion,
  currentVersion,
  describeAnew,
  listedVersions,
  versionBefore,
  versionToRefresh,
} from './catalogue.js';
import { invalidOption, storeClosed, versionGone } from './errors.js';
import { assertBatch, assertEntity, assertSize, assertVersion } from './input-checks.js';
import { VersionWriterOfBackend } from './version-writer.js';

/** Vectors that `entries` reads at once. */
export const ROWS_AT_ONCE = 4096;

/** Options of every store of this package. */
export interface StoreOptions {
  /** Published versions that are kept, the current one included; at least 1. Default 2: one rollback. */
  readonly keepVersions?: number;
}

/**
 * How many versions to keep.
 *
 * @throws LIMAML_ERR_STORE_OPTION_INVALID
 */
export function keptVersions({ keepVersions = 2 }: StoreOptions): number {
  if (Number.isInteger(keepVersions) && keepVersions >= 1) return keepVersions;
  throw invalidOption('keepVersions', keepVersions, 'a whole number from 1 on');
}

/** The versions, publishing and refusals of a store, over any {@link Backend}. */
export class VersionedStore implements MetaEmbeddingStore {
  readonly name: string;
  readonly #backend: Backend;
  readonly #keep: number;
  #closing: Promise<void> | undefined;

  constructor(name: string, backend: Backend, keep: number) {
    this.name = name;
    this.#backend = backend;
    this.#keep = keep;
  }

  async begin(wanted: NewVersion): Promise<VersionWriter> {
    assertVersion(wanted);
    const { entity } = wanted;
    const begun = await this.#update((transaction) => {
      const writer = transaction.nextVersion();
      const change = beginVersion(transaction.catalogue(entity), wanted, writer);
      transaction.setCatalogue(entity, change.catalogue);
      change.dropped.forEach((dropped) => {
        transaction.drop(dropped);
      });
      return { ...change.staged, writer, marker: transaction.marker(change.staged.version) };
    });
    await this.#open().sweep();
    return new VersionWriterOfBackend({ ...begun, keep: this.#keep }, () => this.#open());
  }

  current(entity: string): Promise<EmbeddingVersion | undefined> {
    return this.#read(entity, (snapshot) => currentVersion(snapshot.catalogue(entity)));
  }

  versions(entity: string): Promise<readonly EmbeddingVersion[]> {
    return this.#read(entity, (snapshot) => snapshot.catalogue(entity).published);
  }

  get(entity: string, ids: readonly string[], into: Float32Array): Promise<readonly boolean[]> {
    return this.#read(entity, (snapshot) => {
      const current = currentVersion(snapshot.catalogue(entity));
      if (!current) return ids.map(() => false);
      assertSize('The array to read into', into, ids.length, current.dim);
      return snapshot.vectors(current, ids, into);
    });
  }

  async refresh(
    entity: string,
    bundle: string,
    id: string | readonly string[],
    vectors: Float32Array,
  ): Promise<void> {
    assertEntity(entity);
    const ids = typeof id === 'string' ? [id] : id;
    await this.#open().commit((transaction) => {
      const catalogue = transaction.catalogue(entity);
      const current = versionToRefresh(catalogue, entity, bundle);
      assertBatch(ids, vectors, current);
      const { dim } = current;
      const added = ids.filter((one, row) =>
        transaction.setVector(current, one, vectors.subarray(row * dim, (row + 1) * dim)),
      );
      const grown = { ...current, count: current.count + added.length };
      if (added.length > 0) transaction.setCatalogue(entity, describeAnew(catalogue, grown));
    });
  }

  async rollback(entity: string): Promise<EmbeddingVersion> {
    assertEntity(entity);
    const previous = await this.#update((transaction) => {
      const catalogue = transaction.catalogue(entity);
      const target = versionBefore(catalogue, entity);
      transaction.setCatalogue(entity, { ...catalogue, current: target.version });
      return target;
    });
    await this.#open().flush();
    return previous;
  }

  async delete(entity: string, id: string): Promise<number> {
    assertEntity(entity);
    const held = await this.#update((transaction) => {
      const listed = listedVersions(transaction.catalogue(entity));
      const holding = listed.filter(({ version }) => transaction.deleteVector(version, id));
      for (const version of holding) {
        const shrunk = { ...version, count: version.count - 1 };
        const catalogue = describeAnew(transaction.catalogue(entity), shrunk);
        transaction.setCatalogue(entity, catalogue);
      }
      return holding.length;
    });
    await this.#open().flush();
    return held;
  }

  async *entries(entity: string, batch = ROWS_AT_ONCE): AsyncGenerator<EmbeddingRows> {
    const current = await this.current(entity);
    if (!current) return;
    const { version } = current;
    for (const rows of this.#open().scan(current, batch)) {
      await this.#assertKept(entity, version);
      yield rows;
    }
    await this.#assertKept(entity, version);
  }

  statistics(entity: string): Promise<StoreStatistics> {
    return this.#read(entity, (snapshot) => {
      const { published } = snapshot.catalogue(entity);
      const vectors = published.reduce((sum, { count }) => sum + count, 0);
      return { versions: published.length, vectors, bytes: this.#open().bytes() };
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#backend.close();
    return this.#closing;
  }

  async #assertKept(entity: string, version: number): Promise<void> {
    const kept = (await this.versions(entity)).some((other) => other.version === version);
    if (!kept) throw versionGone(entity, version);
  }

  #open(): Backend {
    if (this.#closing) throw storeClosed(this.name);
    return this.#backend;
  }

  async #read<T>(entity: string, action: (snapshot: Snapshot) => T): Promise<T> {
    assertEntity(entity);
    return this.#open().read(action);
  }

  #update<T>(action: (transaction: Transaction) => T): Promise<T> {
    return this.#open().update(action);
  }
}
