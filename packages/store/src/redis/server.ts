import { listedVersions } from '../catalogue.js';
import type { CatalogueStore } from './catalogue-store.js';
import type { Connection } from './connection.js';
import type { ShardedVectors } from './sharded-vectors.js';

/** What a store keeps on a server. */
export class Server {
  readonly connection: Connection;
  readonly catalogues: CatalogueStore;
  readonly vectors: ShardedVectors;

  constructor(connection: Connection, catalogues: CatalogueStore, vectors: ShardedVectors) {
    this.connection = connection;
    this.catalogues = catalogues;
    this.vectors = vectors;
  }

  /** Deletes the vectors of dropped versions, this process's or a dead one's. */
  async sweep(entity: string): Promise<void> {
    const { garbage } = await this.catalogues.read(entity);
    if (garbage.length === 0) return;
    await Promise.all(
      garbage.flatMap((version) => [
        this.vectors.drop(version),
        this.catalogues.forgetMarker(version),
      ]),
    );
    await this.catalogues.forget(entity, garbage);
  }

  /** Whether vectors of the staged version are gone, as when their time was up: it cannot be resumed then. */
  async lostVectors(entity: string): Promise<boolean> {
    const { staged } = await this.catalogues.read(entity);
    return staged !== undefined && (await this.vectors.count(staged.version)) < staged.count;
  }

  /** Deletes what was written to a version after it had been dropped. */
  async dropIfUnlisted(entity: string, version: number): Promise<void> {
    const listed = listedVersions(await this.catalogues.read(entity));
    if (!listed.some((other) => other.version === version)) await this.vectors.drop(version);
  }
}
