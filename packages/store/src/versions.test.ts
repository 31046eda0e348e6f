import fc from 'fast-check';
import { open } from 'lmdb';
import { describe, expect, it } from 'vitest';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import { temporaryFolders } from './folders.test-support.js';
import { lmdbStore, memoryStore } from './index.js';

const pathOf = temporaryFolders();
const stores = [
  { name: 'memory', make: memoryStore },
  { name: 'lmdb', make: lmdbStore },
];

async function publish(store: MetaEmbeddingStore, ids: readonly string[], value: number) {
  const writer = await store.begin({ entity: 'member', bundle: 'b', dim: 1 });
  await writer.put(ids, new Float32Array(ids.length).fill(value));
  return writer.publish();
}

async function valueOf(store: MetaEmbeddingStore, id: string) {
  const into = new Float32Array(1);
  const [found] = await store.get('member', [id], into);
  return found ? into[0] : undefined;
}

describe.each(stores)('versions of the $name store', ({ name, make }) => {
  it.each([1, 2, 4])('keeps %i versions', async (keepVersions) => {
    const store = await make({ keepVersions }).open(pathOf(`${name}-keep-${keepVersions}`));
    for (let value = 1; value <= 6; value++) await publish(store, ['m'], value);
    const kept = (await store.versions('member')).map(({ version }) => version);
    expect(kept).toEqual([6, 5, 4, 3].slice(0, keepVersions));
    for (const value of [5, 4, 3].slice(0, keepVersions - 1)) {
      await store.rollback('member');
      expect(await valueOf(store, 'm')).toBe(value);
    }
    await expect(store.rollback('member')).rejects.toThrow(/LIMAML_ERR_STORE_NO_PREVIOUS/);
    await store.close();
  });

  it.each([0, -1, 1.5, NaN])('refuses keepVersions %d', (keepVersions) => {
    expect(() => make({ keepVersions })).toThrow(/LIMAML_ERR_STORE_OPTION_INVALID/);
  });

  it('writes batches larger than a transaction', async () => {
    const store = await make().open(pathOf(`${name}-large`));
    const ids = Array.from({ length: 10_001 }, (_, index) => `m${index}`);
    const writer = await store.begin({ entity: 'member', bundle: 'b', dim: 1 });
    await writer.put(
      ids,
      Float32Array.from(ids, (_, index) => index),
    );
    expect((await writer.publish()).count).toBe(10_001);
    expect([await valueOf(store, 'm4096'), await valueOf(store, 'm10000')]).toEqual([4096, 10_000]);
    await store.close();
  });

  it('answers like a plain map after any sequence of writes', async () => {
    const ids = fc.string({ unit: 'grapheme', maxLength: 6 });
    const batches = fc.array(fc.array(fc.tuple(ids, fc.integer({ min: 0, max: 999 }))), {
      maxLength: 4,
    });
    const store = await make().open(pathOf(`${name}-map`));
    const check = async (written: (readonly (readonly [string, number])[])[]) => {
      const writer = await store.begin({ entity: 'member', bundle: 'b', dim: 1 });
      for (const batch of written) {
        await writer.put(
          batch.map(([id]) => id),
          Float32Array.from(batch, ([, value]) => value),
        );
      }
      const expected = new Map(written.flat());
      expect((await writer.publish()).count).toBe(expected.size);
      const into = new Float32Array(expected.size);
      expect(await store.get('member', [...expected.keys()], into)).not.toContain(false);
      expect([...into]).toEqual([...expected.values()]);
    };
    await fc.assert(fc.asyncProperty(batches, check), { seed: 3, numRuns: 30 });
    await store.close();
  });

  it('refuses with codes that say what to do', async () => {
    const store = await make().open(pathOf(`${name}-codes`));
    const refresh = (bundle: string, vector: Float32Array) =>
      store.refresh('member', bundle, 'm', vector);
    await expect(refresh('b', Float32Array.of(1))).rejects.toThrow(/LIMAML_ERR_STORE_EMPTY/);
    await publish(store, ['m'], 1);
    await expect(refresh('c', Float32Array.of(1))).rejects.toThrow(
      /LIMAML_ERR_STORE_BUNDLE_MISMATCH.*bundle "c" was refused.*the bundle "b" that made/s,
    );
    await expect(refresh('b', Float32Array.of(NaN))).rejects.toThrow(
      /VECTOR_NOT_FINITE.*id "m", column 0/s,
    );
    await expect(refresh('b', Float32Array.of(1, 2))).rejects.toThrow(
      /VECTOR_SIZE.*1 = 1 vectors of 1/s,
    );
    await expect(store.current('../member')).rejects.toThrow(/LIMAML_ERR_STORE_VERSION_INVALID/);
    await store.close();
    await expect(store.current('member')).rejects.toThrow(/LIMAML_ERR_STORE_CLOSED/);
  });
});

describe('memoryStore', () => {
  it('keeps copies: the caller may reuse its arrays', async () => {
    const store = await memoryStore().open('copies');
    const vector = Float32Array.of(1);
    const writer = await store.begin({ entity: 'member', bundle: 'b', dim: 1 });
    await writer.put(['m'], vector);
    vector[0] = 2;
    await writer.publish();
    expect(await valueOf(store, 'm')).toBe(1);
  });

  it('shares contents between handles of one plugin and location, until it is disposed of', async () => {
    const plugin = memoryStore();
    await publish(await plugin.open('a'), ['m'], 1);
    expect(await valueOf(await plugin.open('a'), 'm')).toBe(1);
    expect(await valueOf(await plugin.open('b'), 'm')).toBeUndefined();
    await plugin.dispose?.();
    expect(await valueOf(await plugin.open('a'), 'm')).toBeUndefined();
  });
});

describe('a store of before versions had a dtype', () => {
  it('reads as float32', async () => {
    const folder = pathOf('before-dtypes');
    const before = await lmdbStore().open(folder);
    await publish(before, ['m'], 1.1);
    await before.close();
    const root = open({ path: folder, noSubdir: false });
    const catalogue = root.openDB<{ published: object[] }, string>({
      name: 'catalogue',
      encoding: 'json',
    });
    const { published, ...rest } = catalogue.get('entity:member')!;
    const stripped = published.map((version) => ({ ...version, dtype: undefined }));
    await catalogue.put('entity:member', { ...rest, published: stripped });
    await root.close();
    const store = await lmdbStore().open(folder);
    expect(await store.current('member')).toMatchObject({ dtype: 'float32', count: 1 });
    expect(await valueOf(store, 'm')).toBe(Math.fround(1.1));
    await store.close();
  });
});
