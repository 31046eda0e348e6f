import { lmdbStore } from '@limaml/store';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import fc from 'fast-check';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cases, PATIENCE } from './budget.ts';
import { damage, edits } from './damage.ts';
import { outcomes } from './outcomes.ts';

const DIM = 6;
const IDS = Array.from({ length: 300 }, (_, at) => `member-${at}`);

let root: string;
let whole: string;
const files = new Map<string, Uint8Array>();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'limaml-fuzz-'));
  whole = join(root, 'whole');
  const store = await lmdbStore().open(whole);
  for (const bundle of ['one', 'two']) {
    const writer = await store.begin({ entity: 'member', bundle, dim: DIM });
    await writer.put(IDS, new Float32Array(IDS.length * DIM).fill(0.5));
    await writer.publish();
  }
  await store.close();
  for (const name of await readdir(whole)) files.set(name, await readFile(join(whole, name)));
}, PATIENCE);

afterAll(() => rm(root, { recursive: true }));

/** Everything that a server and a tool do with a store. */
async function use(store: MetaEmbeddingStore): Promise<void> {
  const current = await store.current('member');
  await store.versions('member');
  await store.statistics('member');
  const into = new Float32Array(IDS.length * (current?.dim ?? 0));
  if (into.length > 0) await store.get('member', IDS, into);
  for await (const { ids, vectors } of store.entries('member'))
    expect(vectors.length % ids.length).toBe(0);
}

it('LMDB folders with damaged bytes are used or refused', { timeout: PATIENCE }, async () => {
  const seen = outcomes();
  let at = 0;
  const property = fc.asyncProperty(
    fc.constantFrom(...files.keys()),
    edits,
    async (name, changes) => {
      const folder = join(root, `case-${at++}`);
      await mkdir(folder);
      await cp(whole, folder, { recursive: true });
      await writeFile(join(folder, name), damage(files.get(name)!, changes));
      await seen.try(async () => {
        const store = await lmdbStore().open(folder);
        try {
          await use(store);
        } finally {
          await store.close();
        }
      });
      await rm(folder, { recursive: true });
    },
  );
  await fc.assert(property, cases(80));
  seen.expectBoth();
});
