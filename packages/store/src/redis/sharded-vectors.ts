import type { EmbeddingRows } from '@limaml/plugin';
import type { StoredVectors } from '../backend.js';
import { wrongStoredSize } from '../errors.js';
import { isStorableId } from '../input-checks.js';
import { VECTOR_CODECS } from '../vector-codec.js';
import type { Connection } from './connection.js';
import { groupByShard, shardKey, shardOf, type Layout } from './layout.js';

/** Vectors of versions, spread over hashes: field = id, value = the encoded vector. */
export class ShardedVectors {
  readonly #connection: Connection;
  readonly #layout: Layout;
  readonly #ttlSeconds: number | undefined;

  /** @param ttlSeconds after which a version that was not written to is gone; undefined for never */
  constructor(connection: Connection, layout: Layout, ttlSeconds: number | undefined) {
    this.#connection = connection;
    this.#layout = layout;
    this.#ttlSeconds = ttlSeconds;
  }

  /** Copies vectors into `into` ([ids.length, dim]); rows of unknown ids are left alone. */
  async get(
    of: StoredVectors,
    ids: readonly string[],
    into: Float32Array,
  ): Promise<readonly boolean[]> {
    const found = ids.map(() => false);
    const reads = [...groupByShard(this.#layout, ids)].map(async ([shard, rows]) => {
      const known = rows.filter((row) => isStorableId(ids[row]!));
      const values = await this.#getShard(of.version, shard, known, ids);
      values.forEach((value, at) => {
        if (!value) return;
        copyVector(value, into, known[at]!, of);
        found[known[at]!] = true;
      });
    });
    await Promise.all(reads);
    return found;
  }

  /** @returns how many of the ids are new in this version */
  async set(of: StoredVectors, ids: readonly string[], vectors: Float32Array): Promise<number> {
    const writes = [...groupByShard(this.#layout, ids)].map(async ([shard, rows]) => {
      const key = shardKey(this.#layout, of.version, shard);
      const pairs = rows.flatMap((row) => [ids[row]!, encodeVector(vectors, row, of)]);
      const added = this.#connection.send<number>(key, ['HSET', key, ...pairs]);
      await this.#prolong(key);
      return added;
    });
    const added = await Promise.all(writes);
    return added.reduce((sum, count) => sum + count, 0);
  }

  /** @returns whether it was there */
  async delete(version: number, id: string): Promise<boolean> {
    if (!isStorableId(id)) return false;
    const key = shardKey(this.#layout, version, shardOf(this.#layout, id));
    return (await this.#connection.send<number>(key, ['HDEL', key, id])) === 1;
  }

  /** Deletes all vectors of a version; the server frees the memory in the background. */
  async drop(version: number): Promise<void> {
    await Promise.all(
      this.#keys(version).map((key) => this.#connection.send(key, ['UNLINK', key])),
    );
  }

  /** All vectors of a version, shard by shard. A shard's ids are remembered: a server may list one twice. */
  async *scan(of: StoredVectors, batch: number): AsyncGenerator<EmbeddingRows> {
    for (const key of this.#keys(of.version)) {
      const seen = new Set<string>();
      let cursor = '0';
      do {
        const command = ['HSCAN', key, cursor, 'COUNT', String(batch)];
        const [next, pairs] = await this.#connection.send<[Buffer, Buffer[]]>(key, command);
        cursor = next.toString();
        const rows = rowsOf(pairs, seen, of);
        if (rows.ids.length > 0) yield rows;
      } while (cursor !== '0');
    }
  }

  /** How many vectors a version has. */
  async count(version: number): Promise<number> {
    const sizes = this.#keys(version).map((key) =>
      this.#connection.send<number>(key, ['HLEN', key]),
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  /** Bytes that a version takes in the server's memory, as the server estimates it. */
  async bytes(version: number): Promise<number> {
    const sizes = this.#keys(version).map((key) =>
      this.#connection.send<number | null>(key, ['MEMORY', 'USAGE', key]),
    );
    return (await Promise.all(sizes)).reduce<number>((sum, size) => sum + (size ?? 0), 0);
  }

  #getShard(
    version: number,
    shard: number,
    rows: readonly number[],
    ids: readonly string[],
  ): Promise<readonly (Buffer | null)[]> {
    if (rows.length === 0) return Promise.resolve([]);
    const key = shardKey(this.#layout, version, shard);
    return this.#connection.send(key, ['HMGET', key, ...rows.map((row) => ids[row]!)]);
  }

  async #prolong(key: string): Promise<void> {
    if (this.#ttlSeconds === undefined) return;
    await this.#connection.send(key, ['EXPIRE', key, String(this.#ttlSeconds)]);
  }

  #keys(version: number): string[] {
    return Array.from({ length: this.#layout.shards }, (_, shard) =>
      shardKey(this.#layout, version, shard),
    );
  }
}

function rowsOf(pairs: readonly Buffer[], seen: Set<string>, of: StoredVectors): EmbeddingRows {
  const vectors = new Float32Array((pairs.length / 2) * of.dim);
  const ids: string[] = [];
  for (let at = 0; at < pairs.length; at += 2) {
    const id = pairs[at]!.toString();
    if (seen.has(id)) continue;
    seen.add(id);
    copyVector(pairs[at + 1]!, vectors, ids.length, of);
    ids.push(id);
  }
  return { ids, vectors: vectors.subarray(0, ids.length * of.dim) };
}

function encodeVector(vectors: Float32Array, row: number, { dim, dtype }: StoredVectors): Buffer {
  const vector = vectors.subarray(row * dim, (row + 1) * dim);
  const { buffer, byteOffset, byteLength } = VECTOR_CODECS[dtype].encode(vector);
  return Buffer.from(buffer, byteOffset, byteLength);
}

function copyVector(
  value: Buffer,
  into: Float32Array,
  row: number,
  { dim, dtype }: StoredVectors,
): void {
  const codec = VECTOR_CODECS[dtype];
  if (value.length !== codec.bytesOf(dim)) throw wrongStoredSize(value.length, codec.bytesOf(dim));
  codec.decode(value, into, row * dim, dim);
}
