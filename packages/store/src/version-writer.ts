import { setImmediate } from 'node:timers/promises';
import type { EmbeddingVersion, VersionWriter } from '@limaml/plugin';
import type { Backend, StoredVectors, Transaction } from './backend.js';
import { publishVersion, unstageVersion } from './catalogue.js';
import { writerFinished, writerSuperseded } from './errors.js';
import { assertBatch } from './input-checks.js';

/** So many rows are written in one transaction: readers and timers get their turn in between. */
const ROWS_PER_TRANSACTION = 4096;

/** The version that a writer writes. */
export interface StagedVersion extends StoredVectors {
  readonly entity: string;
  /** Published versions to keep. */
  readonly keep: number;
}

/**
 * Stages vectors of one version and publishes it. The catalogue says which version is staged, so a writer
 * that was superseded, by this process or another, finds out in its next transaction.
 */
export class VersionWriterOfBackend implements VersionWriter {
  readonly #staged: StagedVersion;
  readonly #backend: () => Backend;
  #finished = false;

  /** @param backend throws once the store is closed */
  constructor(staged: StagedVersion, backend: () => Backend) {
    this.#staged = staged;
    this.#backend = backend;
  }

  async put(ids: readonly string[], vectors: Float32Array): Promise<void> {
    this.#assertUnfinished();
    assertBatch(ids, vectors, this.#staged);
    for (let start = 0; start < ids.length; start += ROWS_PER_TRANSACTION) {
      if (start > 0) await setImmediate();
      const end = Math.min(start + ROWS_PER_TRANSACTION, ids.length);
      await this.#backend().update((transaction) => {
        this.#stage(transaction, ids, vectors, start, end);
      });
    }
  }

  async publish(): Promise<EmbeddingVersion> {
    this.#assertUnfinished();
    const { entity, keep } = this.#staged;
    // What was staged is on the disk before readers follow it.
    await this.#backend().flush();
    const published = await this.#backend().update((transaction) => {
      const version = { ...this.#readStaged(transaction), createdAt: new Date().toISOString() };
      this.#change(transaction, publishVersion(transaction.catalogue(entity), version, keep));
      return version;
    });
    this.#finished = true;
    await this.#backend().flush();
    await this.#backend().sweep();
    return published;
  }

  async abort(): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    await this.#backend().update((transaction) => {
      const catalogue = transaction.catalogue(this.#staged.entity);
      if (catalogue.staged?.version !== this.#staged.version) return;
      this.#change(transaction, unstageVersion(catalogue));
    });
    await this.#backend().sweep();
  }

  #stage(
    transaction: Transaction,
    ids: readonly string[],
    vectors: Float32Array,
    start: number,
    end: number,
  ) {
    const { entity, dim } = this.#staged;
    const staged = this.#readStaged(transaction);
    let added = 0;
    for (let row = start; row < end; row++) {
      const isNew = transaction.setVector(
        staged,
        ids[row]!,
        vectors.subarray(row * dim, (row + 1) * dim),
      );
      if (isNew) added++;
    }
    const grown = { ...staged, count: staged.count + added };
    transaction.setCatalogue(entity, { ...transaction.catalogue(entity), staged: grown });
  }

  #readStaged(transaction: Transaction): EmbeddingVersion {
    const { entity, version } = this.#staged;
    const { staged } = transaction.catalogue(entity);
    if (staged?.version !== version) throw writerSuperseded(entity, version);
    return staged;
  }

  #change(
    transaction: Transaction,
    { catalogue, dropped }: ReturnType<typeof unstageVersion>,
  ): void {
    transaction.setCatalogue(this.#staged.entity, catalogue);
    for (const version of dropped) transaction.drop(version);
  }

  #assertUnfinished(): void {
    if (this.#finished) throw writerFinished(this.#staged.entity, this.#staged.version);
  }
}
