import type { EmbeddingVersion, VersionWriter } from '@limaml/plugin';
import {
  type Catalogue,
  type CatalogueChange,
  publishVersion,
  unstageVersion,
} from '../catalogue.js';
import { writerFinished, writerSuperseded } from '../errors.js';
import { assertBatch } from '../input-checks.js';
import type { StagedVersion } from '../version-writer.js';
import type { Server } from './server.js';

/** Rows that are sent at once, so that requests of readers get their turn in between. */
const ROWS_PER_WRITE = 4096;

/** Stages vectors of one version on a server and publishes it. */
export class RedisVersionWriter implements VersionWriter {
  readonly #staged: StagedVersion;
  readonly #server: () => Server;
  #finished = false;

  /** @param server throws once the store is closed */
  constructor(staged: StagedVersion, server: () => Server) {
    this.#staged = staged;
    this.#server = server;
  }

  async put(ids: readonly string[], vectors: Float32Array): Promise<void> {
    this.#assertUnfinished();
    const { dim } = this.#staged;
    assertBatch(ids, vectors, this.#staged);
    await this.#assertStaged();
    for (let start = 0; start < ids.length; start += ROWS_PER_WRITE) {
      const end = Math.min(start + ROWS_PER_WRITE, ids.length);
      await this.#stage(ids.slice(start, end), vectors.subarray(start * dim, end * dim));
    }
  }

  async publish(): Promise<EmbeddingVersion> {
    this.#assertUnfinished();
    const { entity, keep } = this.#staged;
    const createdAt = new Date().toISOString();
    const { published } = await this.#server().catalogues.update(entity, (catalogue) =>
      publishVersion(catalogue, { ...this.#readStaged(catalogue), createdAt }, keep),
    );
    this.#finished = true;
    await this.#server().sweep(entity);
    return published[0]!;
  }

  async abort(): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    const { entity, version } = this.#staged;
    await this.#server().catalogues.update(entity, (catalogue) =>
      catalogue.staged?.version === version ? unstageVersion(catalogue) : unchanged(catalogue),
    );
    await this.#server().sweep(entity);
  }

  /** Vectors first, then their number: what a writer that was superseded meanwhile has written is garbage. */
  async #stage(ids: readonly string[], vectors: Float32Array): Promise<void> {
    const { entity, version } = this.#staged;
    const added = await this.#server().vectors.set(this.#staged, ids, vectors);
    try {
      await this.#server().catalogues.update(entity, (catalogue) => {
        const staged = this.#readStaged(catalogue);
        const grown = { ...staged, count: staged.count + added };
        return { catalogue: { ...catalogue, staged: grown }, dropped: [] };
      });
    } catch (error) {
      await this.#server().dropIfUnlisted(entity, version);
      throw error;
    }
  }

  async #assertStaged(): Promise<void> {
    this.#readStaged(await this.#server().catalogues.read(this.#staged.entity));
  }

  #readStaged({ staged }: Catalogue): EmbeddingVersion {
    const { entity, version } = this.#staged;
    if (staged?.version !== version) throw writerSuperseded(entity, version);
    return staged;
  }

  #assertUnfinished(): void {
    if (this.#finished) throw writerFinished(this.#staged.entity, this.#staged.version);
  }
}

function unchanged(catalogue: Catalogue): CatalogueChange {
  return { catalogue, dropped: [] };
}
