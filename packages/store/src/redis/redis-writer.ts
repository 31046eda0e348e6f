import type { EmbeddingVersion, VersionWriter } from '@limaml/plugin';
import { publishVersion, stagedBy, unstageVersion } from '../catalogue.js';
import { writerFinished } from '../errors.js';
import { assertBatch } from '../input-checks.js';
import type { Staging } from '../version-writer.js';
import type { Server } from './server.js';

/** Rows that are sent at once, so that requests of readers get their turn in between. */
const ROWS_PER_WRITE = 4096;

/** Stages vectors of one version on a server and publishes it. */
export class RedisVersionWriter implements VersionWriter {
  readonly marker: string | undefined;
  readonly #staged: Staging;
  readonly #server: () => Server;
  #finished = false;

  /** @param server throws once the store is closed */
  constructor(staged: Staging, server: () => Server) {
    this.marker = staged.marker;
    this.#staged = staged;
    this.#server = server;
  }

  async put(ids: readonly string[], vectors: Float32Array, marker?: string): Promise<void> {
    this.#assertUnfinished();
    const { dim } = this.#staged;
    assertBatch(ids, vectors, this.#staged);
    await this.#assertStaged();
    const { catalogues } = this.#server();
    for (let start = 0; start < ids.length; start += ROWS_PER_WRITE) {
      const end = Math.min(start + ROWS_PER_WRITE, ids.length);
      await this.#stage(ids.slice(start, end), vectors.subarray(start * dim, end * dim));
    }
    if (marker !== undefined) await catalogues.setMarker(this.#staged.version, marker);
  }

  /** Vectors of a writer that died before it could count them are counted now. */
  async publish(details: Pick<EmbeddingVersion, 'through'> = {}): Promise<EmbeddingVersion> {
    this.#assertUnfinished();
    const { entity, version, keep } = this.#staged;
    const { catalogues, vectors } = this.#server();
    const described = { createdAt: new Date().toISOString(), count: await vectors.count(version) };
    const { published } = await catalogues.update(entity, (catalogue) => {
      const staged = stagedBy(catalogue, this.#staged);
      return publishVersion(catalogue, { ...staged, ...details, ...described }, keep);
    });
    this.#finished = true;
    await catalogues.forgetMarker(version);
    await this.#server().sweep(entity);
    return published[0]!;
  }

  async abort(): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    const { entity, writer } = this.#staged;
    await this.#server().catalogues.update(entity, (catalogue) =>
      unstageVersion(catalogue, writer),
    );
    await this.#server().sweep(entity);
  }

  /** Vectors first, then their number: what a writer that was superseded meanwhile has written is garbage. */
  async #stage(ids: readonly string[], vectors: Float32Array): Promise<void> {
    const { entity, version } = this.#staged;
    const added = await this.#server().vectors.set(this.#staged, ids, vectors);
    try {
      await this.#server().catalogues.update(entity, (catalogue) => {
        const staged = stagedBy(catalogue, this.#staged);
        const grown = { ...staged, count: staged.count + added };
        return { catalogue: { ...catalogue, staged: grown }, dropped: [] };
      });
    } catch (error) {
      await this.#server().dropIfUnlisted(entity, version);
      throw error;
    }
  }

  async #assertStaged(): Promise<void> {
    const { entity } = this.#staged;
    stagedBy(await this.#server().catalogues.read(entity), this.#staged);
  }

  #assertUnfinished(): void {
    if (this.#finished) throw writerFinished(this.#staged.entity, this.#staged.version);
  }
}
