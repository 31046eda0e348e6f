import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import { temporaryFolders } from './folders.test-support.js';
import { lmdbStore, redisStore } from './index.js';
import { PROGRAM, startServer } from './redis/redis-server.test-support.js';

const pathOf = temporaryFolders();
const RUN_SOURCE = fileURLToPath(new URL('../../../tools/run-source.mjs', import.meta.url));
const GENERATOR = fileURLToPath(new URL('killed.test-support.ts', import.meta.url));
const IDS = Array.from({ length: 500 }, (_, index) => `m${index}`);

function startGenerator(name: string, location: string) {
  return fork(RUN_SOURCE, [GENERATOR], {
    env: { ...process.env, STORE: name, STORE_LOCATION: location },
    execArgv: ['--conditions=@limaml/source'],
  });
}

/** The values of all ids: one value when the version is whole. */
async function valuesOf(store: MetaEmbeddingStore): Promise<Set<number | undefined>> {
  const into = new Float32Array(IDS.length * 8);
  const found = await store.get('member', IDS, into);
  return new Set(found.includes(false) ? [undefined, ...into] : into);
}

describe('a generation killed at any point leaves a whole version in use', () => {
  it('in LMDB', async () => {
    const folder = pathOf('killed');
    await killRepeatedly('lmdb', folder, await lmdbStore().open(folder));
  }, 60_000);

  it.skipIf(!PROGRAM)(
    'in Redis (skipped where no server is installed)',
    async () => {
      const server = await startServer('--appendfsync', 'no');
      await killRepeatedly('redis', server.url, await redisStore({ shards: 8 }).open(server.url));
      await server.close();
    },
    60_000,
  );
});

async function killRepeatedly(name: string, location: string, reader: MetaEmbeddingStore) {
  let known = 0;
  for (const delay of [0, 5, 23]) {
    const generator = startGenerator(name, location);
    const [published] = (await once(generator, 'message')) as [number];
    await readUntil(reader, sleep(delay));
    generator.kill('SIGKILL');
    await once(generator, 'exit');

    const current = await reader.current('member');
    expect(current!.version).toBeGreaterThanOrEqual(published);
    expect(published).toBeGreaterThan(known);
    expect(current!.count).toBe(IDS.length);
    known = current!.version;
    expect((await valuesOf(reader)).size).toBe(1);
  }
  await expectRecovered(reader);
  await reader.close();
}

/** Reads while the other process publishes: never two versions in one get. */
async function readUntil(reader: MetaEmbeddingStore, end: Promise<unknown>): Promise<void> {
  const reading = { done: false };
  void end.then(() => (reading.done = true));
  while (!reading.done) {
    const values = await valuesOf(reader);
    expect([...values]).toHaveLength(1);
    expect(values).not.toContain(undefined);
    await sleep(0);
  }
}

/** The next generation works, and what the killed ones staged is gone. */
async function expectRecovered(store: MetaEmbeddingStore): Promise<void> {
  const writer = await store.begin({ entity: 'member', bundle: 'after', dim: 8 });
  await writer.put(['m0'], new Float32Array(8));
  const { count } = await writer.publish();
  expect(count).toBe(1);
  expect((await store.versions('member')).length).toBe(2);
}
