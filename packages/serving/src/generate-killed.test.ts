import { createRandom } from '@limaml/data';
import { memberEntity } from '@limaml/entity-member';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import { lmdbStore, memoryStore, redisStore } from '@limaml/store';
import { fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateEmbeddings } from './generate-embeddings.js';
import { manyMembers, MEMBERS } from './many-members.test-support.js';
import { plainModel } from './models.test-support.js';
import { randomRun, serve, smallMarket, type Served } from './small-run.test-support.js';

const RUN_SOURCE = fileURLToPath(new URL('../../../tools/run-source.mjs', import.meta.url));
const JOB = fileURLToPath(new URL('killed-generation.test-support.ts', import.meta.url));
const KILLS = { lmdb: 8, redis: 5 };
const HAS_REDIS = spawnSync('redis-server', ['--version']).status === 0;
/** Value of all vectors that were served before. */
const BEFORE = 7;

let served: Served;
let expected: ReadonlyMap<string, readonly number[]>;

beforeAll(async () => {
  const market = await smallMarket();
  served = await serve(randomRun(plainModel('history'), market), market);
  const reference = await memoryStore().open('');
  const parts = await manyMembers();
  const source = { parts, entity: memberEntity(), bundle: served.bundle };
  await generateEmbeddings({ ...source, store: reference });
  await parts.close();
  expected = await vectorsOf(reference);
});

afterAll(() => served.close());

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

/** A job that has loaded everything and waits for its start. */
async function startJob(bundle: string, store: string): Promise<ChildProcess> {
  const job = fork(RUN_SOURCE, [JOB], {
    env: { ...process.env, BUNDLE: bundle, STORE: store },
    execArgv: ['--conditions=@limaml/source'],
  });
  await once(job, 'message');
  return job;
}

async function vectorsOf(store: MetaEmbeddingStore): Promise<Map<string, readonly number[]>> {
  const vectors = new Map<string, readonly number[]>();
  for await (const { ids, vectors: rows } of store.entries('member'))
    ids.forEach((id, row) => vectors.set(id, [...rows.subarray(row * 4, (row + 1) * 4)]));
  return vectors;
}

async function publishBefore(store: MetaEmbeddingStore): Promise<void> {
  const writer = await store.begin({ entity: 'member', bundle: 'before', dim: 4 });
  await writer.put(['member-1', 'member-2'], new Float32Array(8).fill(BEFORE));
  await writer.publish();
}

/** What is served: the version before, whole, or the new one, whole. */
async function expectWhole(
  store: MetaEmbeddingStore,
  expected: ReadonlyMap<string, readonly number[]>,
): Promise<boolean> {
  const vectors = await vectorsOf(store);
  const current = await store.current('member');
  expect(current!.count).toBe(vectors.size);
  if (current!.bundle !== 'before') expect(vectors).toEqual(expected);
  else expect(new Set([...vectors.values()].flat())).toEqual(new Set([BEFORE]));
  return current!.bundle !== 'before';
}

/** Kills a generation into a store again and again, until one is left alone. */
async function killAndResume(
  location: string,
  store: MetaEmbeddingStore,
  kills: number,
): Promise<void> {
  await publishBefore(store);
  const random = createRandom(17, 0);
  const start = () => startJob(served.folder, location);
  // The next ones load while one is killed.
  const waiting = [start(), start(), start()];
  for (let kill = 0; kill < kills; kill++) {
    const job = await waiting.shift()!;
    if (kill + waiting.length < kills) waiting.push(start());
    const last = once(job, 'message');
    job.send('go');
    // Every third is killed about when it publishes, the others anywhere.
    const isLate = kill % 3 === 2;
    await (isLate ? last.then(() => sleep(random.int(30))) : sleep(20 + random.int(150)));
    job.kill('SIGKILL');
    if (job.exitCode === null && job.signalCode === null) await once(job, 'exit');
    await expectWhole(store, expected);
  }
  const job = await waiting.shift()!;
  job.send('go');
  await once(job, 'exit');
  expect(await expectWhole(store, expected)).toBe(true);
  expect((await store.current('member'))!.count).toBe(MEMBERS);
  for (const spare of await Promise.all(waiting)) spare.kill('SIGKILL');
  await store.close();
}

describe('a generation that is killed leaves the version before, and ends as if it had not been', () => {
  it(`killed ${KILLS.lmdb} times on LMDB`, { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'limaml-killed-'));
    await killAndResume(folder, await lmdbStore().open(folder), KILLS.lmdb);
    await rm(folder, { recursive: true });
  });

  it.skipIf(!HAS_REDIS)(
    `killed ${KILLS.redis} times on Redis (skipped where no server is installed)`,
    { timeout: 120_000 },
    async () => {
      const port = await freePort();
      const options = ['--port', String(port), '--save', ''];
      const redis = spawn('redis-server', options, { stdio: 'pipe' });
      for await (const text of redis.stdout) if (String(text).includes('Ready to accept')) break;
      const location = `redis://127.0.0.1:${port}`;
      await killAndResume(location, await redisStore({ shards: 8 }).open(location), KILLS.redis);
      redis.kill();
    },
  );
});
