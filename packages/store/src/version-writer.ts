import { setImmediate } from 'node:timers/promises';
import type { EmbeddingVersion, VersionWriter } from '@limaml/plugin';
import type { Backend, StoredVectors, Transaction } from './backend.js';
import { publishVersion, stagedBy, unstageVersion, type CatalogueChange } from './catalogue.js';
import { writerFinished } from './errors.js';
import { assertBatch } from './input-checks.js';

/** So many rows are written in one transaction: readers and timers get their turn in between. */
const ROWS_PER_TRANSACTION = 4096;

/** What a writer stages. */
export interface Staging extends StoredVectors {
  readonly entity: string;
  /** Number of the writer. */
  readonly writer: number;
  /** How far the job came that is resumed. */
  readonly marker: string | undefined;
  /** Published versions to keep. */
  readonly keep: number;
}

/**
 * Stages vectors of one version and publishes it. The catalogue says which version is staged, so a writer
 * that was superseded, by this process or another, finds out in its next transaction.
 */
export class VersionWriterOfBackend implements VersionWriter {
  readonly marker: string | undefined;
  readonly #staged: Staging;
  readonly #backend: () => Backend;
  #finished = false;

  /** @param backend throws once the store is closed */
  constructor(staged: Staging, backend: () => Backend) {
    this.marker = staged.marker;
    this.#staged = staged;
    this.#backend = backend;
  }

  async put(ids: readonly string[], vectors: Float32Array, marker?: string): Promise<void> {
    this.#assertUnfinished();
    assertBatch(ids, vectors, this.#staged);
    let start = 0;
    do {
      if (start > 0) await setImmediate();
      const [from, end] = [start, Math.min(start + ROWS_PER_TRANSACTION, ids.length)];
      await this.#backend().update((transaction) => {
        this.#stage(transaction, ids, vectors, from, end);
        if (marker !== undefined && end === ids.length)
          transaction.setMarker(this.#staged.version, marker);
      });
      start = end;
    } while (start < ids.length);
  }

  async publish(details: Pick<EmbeddingVersion, 'through'> = {}): Promise<EmbeddingVersion> {
    this.#assertUnfinished();
    const { entity, version, keep } = this.#staged;
    // What was staged is on the disk before readers follow it.
    await this.#backend().flush();
    const published = await this.#backend().update((transaction) => {
      const createdAt = new Date().toISOString();
      const described = { ...this.#readStaged(transaction), ...details, createdAt };
      this.#change(transaction, publishVersion(transaction.catalogue(entity), described, keep));
      transaction.setMarker(version, undefined);
      return described;
    });
    this.#finished = true;
    await this.#backend().flush();
    await this.#backend().sweep();
    return published;
  }

  async abort(): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    const { entity, writer } = this.#staged;
    await this.#backend().update((transaction) => {
      this.#change(transaction, unstageVersion(transaction.catalogue(entity), writer));
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
    return stagedBy(transaction.catalogue(this.#staged.entity), this.#staged);
  }

  #change(transaction: Transaction, { catalogue, dropped }: CatalogueChange): void {
    transaction.setCatalogue(this.#staged.entity, catalogue);
    for (const version of dropped) transaction.drop(version);
  }

  #assertUnfinished(): void {
    if (this.#finished) throw writerFinished(this.#staged.entity, this.#staged.version);
  }
}
