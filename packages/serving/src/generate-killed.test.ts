import { createRandom } from '@limaml/data';
import { memberEntity } from '@limaml/entity-member';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import { lmdbStore, memoryStore } from '@limaml/store';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { generateEmbeddings } from './generate-embeddings.js';
import { manyMembers, MEMBERS } from './many-members.test-support.js';
import { plainModel } from './models.test-support.js';
import { randomRun, serve, smallMarket } from './small-run.test-support.js';

const RUN_SOURCE = fileURLToPath(new URL('../../../tools/run-source.mjs', import.meta.url));
const JOB = fileURLToPath(new URL('killed-generation.test-support.ts', import.meta.url));
const KILLS = 8;
/** Value of all vectors that were served before. */
const BEFORE = 7;

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

it(`a generation that is killed ${KILLS} times leaves the version before, and ends as if it had not been`, async () => {
  const market = await smallMarket();
  const served = await serve(randomRun(plainModel('history'), market), market);
  const reference = await memoryStore().open('');
  const parts = await manyMembers();
  const source = { parts, entity: memberEntity(), bundle: served.bundle };
  await generateEmbeddings({ ...source, store: reference });
  await parts.close();
  const expected = await vectorsOf(reference);

  const folder = await mkdtemp(join(tmpdir(), 'limaml-killed-'));
  const store = await lmdbStore().open(folder);
  await publishBefore(store);
  const random = createRandom(17, 0);
  const start = () => startJob(served.folder, folder);
  // The next ones load while one is killed.
  const waiting = [start(), start(), start()];
  for (let kill = 0; kill < KILLS; kill++) {
    const job = await waiting.shift()!;
    if (kill + waiting.length < KILLS) waiting.push(start());
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
  await served.close();
  await rm(folder, { recursive: true });
}, 120_000);
