import { defineStore } from '@limaml/plugin';
import type { StorePlugin } from '@limaml/plugin';
import { invalidOption } from '../errors.js';
import { keptVersions, type StoreOptions } from '../versioned-store.js';
import { CatalogueStore } from './catalogue-store.js';
import { connect, type Connection } from './connection.js';
import { prepareLayout, type Layout } from './layout.js';
import { RedisVersions } from './redis-versions.js';
import { Server } from './server.js';
import { ShardedVectors } from './sharded-vectors.js';

/** Options of {@link redisStore}. */
export interface RedisStoreOptions extends StoreOptions {
  /** Begins every key, so that stores share a server. Letters, digits and `. _ : -`. Default `'limaml'`. */
  readonly prefix?: string;
  /** Whether the address is a node of a cluster. Default false. */
  readonly cluster?: boolean;
  /**
   * Hashes that the vectors of a version are spread over; in a cluster no more servers than these share the
   * work. Fixed when the store is made. Default 256.
   */
  readonly shards?: number;
  /** Seconds without a write after which the server drops vectors; entities get their prior then. Default: never. */
  readonly ttlSeconds?: number;
}

/**
 * Meta embeddings on a Redis or Valkey server, or a cluster of them: for several machines that serve. Reads
 * and writes are pipelined, one hash per shard of a version; a version is published by one compare-and-set
 * of what readers follow.
 *
 * What survives a power cut is what the server is configured to keep (`appendonly yes`).
 *
 * @throws LIMAML_ERR_STORE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const store = await redisStore({ prefix: 'members' }).open('redis://localhost:6379');
 * const into = new Float32Array(2 * 32);
 * const found = await store.get('member', ['m1', 'm2'], into);
 * await store.close();
 * ```
 */
export function redisStore(options: RedisStoreOptions = {}): StorePlugin {
  const keep = keptVersions(options);
  const layout = layoutOf(options);
  const { cluster = false, ttlSeconds } = options;
  if (ttlSeconds !== undefined) assertCount('ttlSeconds', ttlSeconds);
  return defineStore({
    name: 'redis',
    open: async (location: string, { create = true } = {}) => {
      const connection = await connect(location, cluster);
      await closingOnFailure(connection, prepareLayout(connection, layout, create));
      const catalogues = new CatalogueStore(connection, layout);
      const vectors = new ShardedVectors(connection, layout, ttlSeconds);
      return new RedisVersions(new Server(connection, catalogues, vectors), keep);
    },
  });
}

function layoutOf({ prefix = 'limaml', shards = 256 }: RedisStoreOptions): Layout {
  assertCount('shards', shards);
  if (!/^[\w.:-]{1,64}$/.test(prefix))
    throw invalidOption('prefix', prefix, 'letters, digits and . _ : -, 64 at most');
  return { prefix, shards };
}

function assertCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw invalidOption(name, value, 'a whole number from 1 on');
}

async function closingOnFailure(connection: Connection, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    await connection.close();
    throw error;
  }
}
