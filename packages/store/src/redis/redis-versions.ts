import type {
  EmbeddingRows,
  EmbeddingVersion,
  MetaEmbeddingStore,
  NewVersion,
  StoreStatistics,
  VersionWriter,
} from '@limaml/plugin';
import {
  beginVersion,
  currentVersion,
  describeAnew,
  listedVersions,
  stagedBy,
  versionBefore,
  versionToRefresh,
} from '../catalogue.js';
import { storeClosed, versionGone } from '../errors.js';
import { assertBatch, assertEntity, assertSize, assertVersion } from '../input-checks.js';
import { ROWS_AT_ONCE } from '../versioned-store.js';
import { RedisVersionWriter } from './redis-writer.js';
import type { Server } from './server.js';

const NAME = 'redis';

/** The versions, publishing and refusals of a store on a server. */
export class RedisVersions implements MetaEmbeddingStore {
  readonly name = NAME;
  readonly #server: Server;
  readonly #keep: number;
  #closing: Promise<void> | undefined;

  constructor(server: Server, keep: number) {
    this.#server = server;
    this.#keep = keep;
  }

  async begin(wanted: NewVersion): Promise<VersionWriter> {
    assertVersion(wanted);
    const { entity } = wanted;
    const server = this.#open();
    const writer = await server.catalogues.nextVersion();
    const lost = await server.lostVectors(entity);
    const begun = await server.catalogues.update(entity, (catalogue) =>
      beginVersion(catalogue, { ...wanted, resume: wanted.resume === true && !lost }, writer),
    );
    await server.sweep(entity);
    const staged = stagedBy(begun, { entity, version: begun.staged!.version, writer });
    const marker = await server.catalogues.readMarker(staged.version);
    return new RedisVersionWriter({ ...staged, writer, marker, keep: this.#keep }, () =>
      this.#open(),
    );
  }

  async current(entity: string): Promise<EmbeddingVersion | undefined> {
    return currentVersion(await this.#catalogue(entity));
  }

  async versions(entity: string): Promise<readonly EmbeddingVersion[]> {
    return (await this.#catalogue(entity)).published;
  }

  /** Vectors of a listed version stay: if it still is listed after they were read, all are of it. */
  async get(
    entity: string,
    ids: readonly string[],
    into: Float32Array,
  ): Promise<readonly boolean[]> {
    const current = await this.current(entity);
    if (!current) return ids.map(() => false);
    assertSize('The array to read into', into, ids.length, current.dim);
    const read = new Float32Array(into.length);
    const { vectors, connection } = this.#open();
    const reading = vectors.get(current, ids, read);
    // One server answers in order, so the question may follow at once; a cluster is asked when all is read.
    if (!connection.ordered) await reading;
    const [kept, found] = await Promise.all([this.#isKept(entity, current.version), reading]);
    if (!kept) return this.get(entity, ids, into);
    found.forEach((isThere, row) => {
      const [start, end] = [row * current.dim, (row + 1) * current.dim];
      if (isThere) into.set(read.subarray(start, end), start);
    });
    return found;
  }

  async refresh(
    entity: string,
    bundle: string,
    id: string | readonly string[],
    vectors: Float32Array,
  ): Promise<void> {
    const server = this.#open();
    const ids = typeof id === 'string' ? [id] : id;
    const target = versionToRefresh(await this.#catalogue(entity), entity, bundle);
    assertBatch(ids, vectors, target);
    const added = await server.vectors.set(target, ids, vectors);
    if (added > 0) await this.#count(entity, target.version, added);
    // The version may have been dropped in between; then nobody reads the vector, and it must not stay.
    await server.dropIfUnlisted(entity, target.version);
  }

  async rollback(entity: string): Promise<EmbeddingVersion> {
    assertEntity(entity);
    const rolledBack = await this.#open().catalogues.update(entity, (catalogue) => {
      const current = versionBefore(catalogue, entity).version;
      return { catalogue: { ...catalogue, current }, dropped: [] };
    });
    return currentVersion(rolledBack)!;
  }

  async delete(entity: string, id: string): Promise<number> {
    const listed = listedVersions(await this.#catalogue(entity));
    let held = 0;
    for (const { version } of listed) {
      if (!(await this.#open().vectors.delete(version, id))) continue;
      held++;
      await this.#count(entity, version, -1);
    }
    return held;
  }

  async *entries(entity: string, batch = ROWS_AT_ONCE): AsyncGenerator<EmbeddingRows> {
    const current = await this.current(entity);
    if (!current) return;
    const { version } = current;
    for await (const rows of this.#open().vectors.scan(current, batch)) {
      if (!(await this.#isKept(entity, version))) throw versionGone(entity, version);
      yield rows;
    }
    if (!(await this.#isKept(entity, version))) throw versionGone(entity, version);
  }

  async statistics(entity: string): Promise<StoreStatistics> {
    const { published } = await this.#catalogue(entity);
    const sizes = published.map(({ version }) => this.#open().vectors.bytes(version));
    return {
      versions: published.length,
      vectors: published.reduce((sum, { count }) => sum + count, 0),
      bytes: (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#server.connection.close();
    return this.#closing;
  }

  async #catalogue(entity: string) {
    assertEntity(entity);
    return this.#open().catalogues.read(entity);
  }

  async #isKept(entity: string, version: number): Promise<boolean> {
    return (await this.versions(entity)).some((other) => other.version === version);
  }

  async #count(entity: string, version: number, added: number): Promise<void> {
    await this.#open().catalogues.update(entity, (catalogue) => {
      const described = listedVersions(catalogue).find((other) => other.version === version);
      const count = (described?.count ?? 0) + added;
      const counted = described ? describeAnew(catalogue, { ...described, count }) : catalogue;
      return { catalogue: counted, dropped: [] };
    });
  }

  #open(): Server {
    if (this.#closing) throw storeClosed(NAME);
    return this.#server;
  }
}
