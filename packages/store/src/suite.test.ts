import { expect, it } from 'vitest';
import { defineStore } from '@limaml/plugin';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import { testStorePlugin } from '@limaml/plugin/testing';
import { memoryStore } from './index.js';

/** A store that differs from a good one in a few methods. */
type Fault = (good: MetaEmbeddingStore) => Partial<MetaEmbeddingStore>;

const faults: readonly (readonly [string, Fault, RegExp])[] = [
  [
    'fills rows of unknown ids with zeros',
    (good) => ({
      get: async (entity, ids, into) => good.get(entity, ids, into.fill(0)),
    }),
    /the row of the unknown id "m1" was written to/,
  ],
  [
    'publishes with every put',
    (good) => ({
      begin: async (version) => {
        const writer = await good.begin(version);
        return {
          ...writer,
          abort: () => writer.abort(),
          publish: () => writer.publish(),
          put: async (ids, vectors) => {
            await writer.put(ids, vectors);
            await writer.publish();
          },
        };
      },
    }),
    /nothing is visible before publish/,
  ],
  [
    'refreshes with any bundle',
    (good) => ({
      refresh: async (entity, bundle, id, vector) => {
        const current = await good.current(entity);
        await good.refresh(entity, current?.bundle ?? bundle, id, vector);
      },
    }),
    /another bundle was accepted/,
  ],
  [
    'forgets in the current version only',
    () => ({ delete: () => Promise.resolve(1) }),
    /delete says that 1 versions held the id/,
  ],
  [
    'throws errors without a code',
    () => ({ rollback: () => Promise.reject(new Error('no')) }),
    /rollback of an empty store threw an error without a code/,
  ],
  [
    'reads the rows of one get at different times',
    (good) => ({ get: getRowByRow(good) }),
    /one get saw the versions/,
  ],
];

it.each(faults)('the conformance suite finds a store that %s', async (_, fault, message) => {
  const plugin = memoryStore();
  const faulty = defineStore({
    name: 'faulty',
    open: async (location) => {
      const good = await plugin.open(location);
      return withFault(good, fault(good));
    },
  });
  const run = testStorePlugin(faulty);
  await expect(run).rejects.toThrow(/LIMAML_ERR_PLUGIN_CONFORMANCE/);
  await expect(run).rejects.toThrow(message);
});

function withFault(
  good: MetaEmbeddingStore,
  fault: Partial<MetaEmbeddingStore>,
): MetaEmbeddingStore {
  return {
    name: good.name,
    begin: (version) => good.begin(version),
    current: (entity) => good.current(entity),
    versions: (entity) => good.versions(entity),
    get: (entity, ids, into) => good.get(entity, ids, into),
    refresh: (entity, bundle, id, vector) => good.refresh(entity, bundle, id, vector),
    rollback: (entity) => good.rollback(entity),
    delete: (entity, id) => good.delete(entity, id),
    entries: (entity, batch) => good.entries(entity, batch),
    statistics: (entity) => good.statistics(entity),
    close: () => good.close(),
    ...fault,
  };
}

function getRowByRow(good: MetaEmbeddingStore): MetaEmbeddingStore['get'] {
  return async (entity, ids, into) => {
    const dim = into.length / ids.length;
    const found: boolean[] = [];
    for (const [row, id] of ids.entries()) {
      found.push(...(await good.get(entity, [id], into.subarray(row * dim, (row + 1) * dim))));
    }
    return found;
  };
}
