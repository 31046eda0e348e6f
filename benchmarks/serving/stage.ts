import type { MetaEmbeddingStore } from '@limaml/plugin';
import { lmdbStore, redisStore } from '@limaml/store';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBareFeeds } from './bare-files.ts';
import {
  bodyOf,
  exportMarketplace,
  FORMS,
  scoreRequests,
  simulateMarketplace,
  type ScoredRequest,
} from './marketplace.ts';
import { writePeerFiles } from './peer-files.ts';
import { startRedis, type RedisServer } from './redis-server.ts';

/** What all servers serve: files in a folder, and embeddings in Redis where the machine has it. */
export interface Stage {
  readonly folder: string;
  readonly redis: RedisServer | undefined;
  readonly requests: readonly ScoredRequest[];
  close(): Promise<void>;
}

/** Simulates, exports, generates embeddings into every store and writes what each server reads. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'limaml-serving-'));
  const redis = await startRedis();
  const close = async (): Promise<void> => {
    await redis?.process.end('SIGTERM');
    await rm(folder, { recursive: true });
  };
  try {
    return { folder, redis, requests: await fill(folder, redis), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function fill(
  folder: string,
  redis: RedisServer | undefined,
): Promise<readonly ScoredRequest[]> {
  const market = await simulateMarketplace();
  await exportMarketplace(market, join(folder, 'bundle'));
  const stores = await openStores(folder, redis);
  const requests = await scoreRequests(market, join(folder, 'bundle'), stores);
  await writePeerFiles(market, stores[0]!, folder);
  await writeBareFeeds(market.run, stores[0]!, requests, folder);
  for (const form of FORMS) await writeBodies(folder, form, requests);
  for (const store of stores) await store.close();
  return requests;
}

async function openStores(
  folder: string,
  redis: RedisServer | undefined,
): Promise<MetaEmbeddingStore[]> {
  const local = await lmdbStore().open(join(folder, 'store'));
  return redis === undefined ? [local] : [local, await redisStore().open(redisAddress(redis))];
}

export function redisAddress({ port }: RedisServer): string {
  return `redis://127.0.0.1:${port}`;
}

/** One body a line. */
async function writeBodies(
  folder: string,
  form: (typeof FORMS)[number],
  requests: readonly ScoredRequest[],
): Promise<void> {
  const lines = requests.map((request) => `${bodyOf(request, form)}\n`);
  await writeFile(join(folder, `${form}.jsonl`), lines.join(''));
}
