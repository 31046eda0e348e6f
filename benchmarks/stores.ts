import type { EmbeddingDtype, MetaEmbeddingStore } from '@limaml/plugin';
import { lmdbStore, redisStore } from '@limaml/store';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { powersOfTen } from './adaptation.ts';

/** What a store of some entities takes. */
export interface StoreResult {
  readonly store: string;
  readonly dtype: EmbeddingDtype;
  readonly entities: number;
  readonly bytesPerEntity: number;
  /** Staging and publishing. */
  readonly writesPerSecond: number;
  /** Microseconds per entity of a read of {@link READ} at random places. */
  readonly readMicroseconds: number;
}

/** Numbers of an embedding. */
const DIM = 32;
const DTYPES: readonly EmbeddingDtype[] = ['float32', 'float16', 'int8'];
const ROWS_PER_PUT = 16_384;
/** Entities of a read, and how many reads there are. */
const READ = { entities: 256, times: 200 };
/** From here on one dtype is enough: the figures per entity do not change any more. */
const ONE_DTYPE_FROM = 10_000_000;
const SMALLEST = 100_000;
/** A server keeps everything in memory. */
const MOST_ON_SERVER = 1_000_000;

/**
 * Writes and reads versions of 32 numbers each, in every dtype, in LMDB and, where one is installed, on a Redis
 * or Valkey server of its own without persistence.
 *
 * @param limit entities of the largest version
 */
export async function storesSuite(limit: number): Promise<readonly StoreResult[]> {
  const results: StoreResult[] = [];
  const sizes = powersOfTen(limit).filter((size) => size >= Math.min(SMALLEST, limit));
  for (const entities of sizes) {
    const dtypes = entities >= ONE_DTYPE_FROM ? DTYPES.slice(0, 1) : DTYPES;
    for (const dtype of dtypes) {
      results.push(await inLmdb(dtype, entities));
      if (SERVER && entities <= MOST_ON_SERVER)
        results.push(await onServer(SERVER, dtype, entities));
    }
  }
  return results;
}

async function inLmdb(dtype: EmbeddingDtype, entities: number): Promise<StoreResult> {
  const folder = await mkdtemp(join(tmpdir(), 'limaml-stores-'));
  const store = await lmdbStore().open(folder);
  const measured = await measureStore(store, dtype, entities);
  await store.close();
  await rm(folder, { recursive: true });
  return measured;
}

const SERVER = ['redis-server', 'valkey-server'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

async function onServer(
  program: string,
  dtype: EmbeddingDtype,
  entities: number,
): Promise<StoreResult> {
  const folder = await mkdtemp(join(tmpdir(), 'limaml-stores-'));
  const port = await freePort();
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const server = spawn(program, settings, { stdio: 'ignore' });
  const store = await openWhenUp(`redis://127.0.0.1:${port}`);
  const measured = await measureStore(store, dtype, entities);
  await store.close();
  server.kill();
  await once(server, 'exit');
  await rm(folder, { recursive: true });
  return measured;
}

async function openWhenUp(url: string): Promise<MetaEmbeddingStore> {
  for (let tries = 0; ; tries++) {
    try {
      return await redisStore().open(url);
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(50);
    }
  }
}

async function measureStore(
  store: MetaEmbeddingStore,
  dtype: EmbeddingDtype,
  entities: number,
): Promise<StoreResult> {
  const before = (await store.statistics('member')).bytes;
  const started = performance.now();
  await write(store, dtype, entities);
  const seconds = (performance.now() - started) / 1000;
  const { bytes } = await store.statistics('member');
  return {
    ...{ store: store.name, dtype, entities },
    bytesPerEntity: (bytes - before) / entities,
    writesPerSecond: entities / seconds,
    readMicroseconds: await read(store, entities),
  };
}

/** In the order of the ids, as generation writes them. */
async function write(
  store: MetaEmbeddingStore,
  dtype: EmbeddingDtype,
  entities: number,
): Promise<void> {
  const writer = await store.begin({ entity: 'member', bundle: 'benchmark', dim: DIM, dtype });
  for (let start = 0; start < entities; start += ROWS_PER_PUT) {
    const count = Math.min(ROWS_PER_PUT, entities - start);
    const ids = Array.from({ length: count }, (_, row) => idOf(start + row));
    await writer.put(
      ids,
      Float32Array.from({ length: count * DIM }, (_, at) => Math.sin(at)),
    );
  }
  await writer.publish();
}

async function read(store: MetaEmbeddingStore, entities: number): Promise<number> {
  const into = new Float32Array(READ.entities * DIM);
  const started = performance.now();
  for (let time = 0; time < READ.times; time++) {
    const ids = Array.from({ length: READ.entities }, (_, at) =>
      idOf(Math.floor(entities * fraction(time * READ.entities + at))),
    );
    await store.get('member', ids, into);
  }
  return (1000 * (performance.now() - started)) / (READ.times * READ.entities);
}

/** 15 characters, as many as ids have that are written out. */
function idOf(number: number): string {
  return `member-${String(number).padStart(8, '0')}`;
}

/** Scattered over 0 to 1, the same in every run. */
function fraction(at: number): number {
  return (at * 0.618_033_988_749_895) % 1;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
