import type { MetaEmbeddingStore } from '../contracts/index.js';
import { ensure } from './conformance.js';
import {
  BUNDLE,
  DIM,
  ENTITY,
  ensureRefused,
  ensureValues,
  publish,
  readEntries,
  vectorOf,
  vectorsOf,
} from './store-fixture.js';
import type { StoreCheck } from './store-fixture.js';

/** No real id is as long; a store may set its limit anywhere below. */
const TOO_LONG = 'x'.repeat(100_000);
/** Half a surrogate pair has no UTF-8 form, so two such ids would share a key. */
const ILL_FORMED = 'm\ud800';

/** Wrong input is refused with a coded error and changes nothing. */
export const REFUSAL_CHECKS: readonly StoreCheck[] = [
  {
    name: 'refuses vectors of a wrong size, and numbers that are not finite',
    fix: 'Check size and Number.isFinite of all rows before the first is written',
    run: async (store) => {
      const writer = await store.begin({ entity: ENTITY, bundle: BUNDLE, dim: DIM });
      await ensureRefused('a short batch', () => writer.put(['m1', 'm2'], vectorOf(1)));
      await ensureRefused('a long batch', () => writer.put(['m1'], vectorsOf([1, 1])));
      for (const value of [NaN, Infinity, -Infinity]) {
        await ensureRefused(`a vector with ${value}`, () =>
          writer.put(['m1', 'm2'], vectorsOf([1, value])),
        );
      }
      const { count } = await writer.publish();
      ensure(count === 0, 'a part of a refused batch was staged');
    },
  },
  {
    name: 'refuses ids that cannot be kept apart',
    fix: 'Refuse ids over a documented length, and ids that are not well-formed Unicode',
    run: async (store) => {
      const writer = await store.begin({ entity: ENTITY, bundle: BUNDLE, dim: DIM });
      await ensureRefused('a very long id', () => writer.put([TOO_LONG], vectorOf(1)));
      await ensureRefused('half a surrogate pair', () => writer.put([ILL_FORMED], vectorOf(1)));
      await writer.publish();
      await ensureRefused('a refresh of a very long id', () =>
        store.refresh(ENTITY, BUNDLE, TOO_LONG, vectorOf(1)),
      );
      await ensureValues(store, { [TOO_LONG]: undefined, [ILL_FORMED]: undefined });
    },
  },
  {
    name: 'refuses a version without a size, an entity or a bundle',
    fix: 'Check the version at begin: dim is a whole number from 1 on, entity and bundle are not empty',
    run: async (store) => {
      const good = { entity: ENTITY, bundle: BUNDLE, dim: DIM };
      for (const wrong of [{ dim: 0 }, { dim: 1.5 }, { entity: '' }, { bundle: '' }]) {
        await ensureRefused(`begin with ${JSON.stringify(wrong)}`, () =>
          store.begin({ ...good, ...wrong }),
        );
      }
    },
  },
  {
    name: 'refuses a refresh that does not belong to the current version',
    fix: 'Compare bundle and size with the current version, in the transaction that writes',
    run: async (store) => {
      await ensureRefused('a refresh of an empty store', () =>
        store.refresh(ENTITY, BUNDLE, 'm1', vectorOf(1)),
      );
      await publish(store, ['m1'], 1);
      await ensureRefused('another bundle', () =>
        store.refresh(ENTITY, 'bundle-b', 'm1', vectorOf(2)),
      );
      await ensureRefused('a wrong size', () =>
        store.refresh(ENTITY, BUNDLE, 'm1', new Float32Array(DIM + 1)),
      );
      await ensureRefused('a NaN', () => store.refresh(ENTITY, BUNDLE, 'm1', vectorOf(NaN)));
      await ensureValues(store, { m1: 1 });
    },
  },
  {
    name: 'refuses to read into an array of another size',
    fix: 'Compare into.length with ids.length × dim before the first row is read',
    run: async (store) => {
      await publish(store, ['m1'], 1);
      await ensureRefused('a short array', () =>
        store.get(ENTITY, ['m1'], new Float32Array(DIM - 1)),
      );
      await ensureRefused('a long array', () =>
        store.get(ENTITY, ['m1'], new Float32Array(DIM + 1)),
      );
    },
  },
  {
    name: 'close may be repeated, and everything after it is refused',
    fix: 'Remember that the store is closed, and refuse before touching anything that was released',
    run: async (store) => {
      await publish(store, ['m1'], 1);
      const writer = await store.begin({ entity: ENTITY, bundle: BUNDLE, dim: DIM });
      await store.close();
      await store.close();
      for (const [what, action] of actionsAfterClose(store))
        await ensureRefused(`${what} after close`, action);
      await ensureRefused('put after close', () => writer.put(['m1'], vectorOf(1)));
      await ensureRefused('publish after close', () => writer.publish());
    },
  },
];

function actionsAfterClose(
  store: MetaEmbeddingStore,
): readonly (readonly [string, () => Promise<unknown>])[] {
  return [
    ['current', () => store.current(ENTITY)],
    ['versions', () => store.versions(ENTITY)],
    ['get', () => store.get(ENTITY, ['m1'], vectorOf(0))],
    ['refresh', () => store.refresh(ENTITY, BUNDLE, 'm1', vectorOf(1))],
    ['rollback', () => store.rollback(ENTITY)],
    ['delete', () => store.delete(ENTITY, 'm1')],
    ['statistics', () => store.statistics(ENTITY)],
    ['entries', () => readEntries(store)],
    ['begin', () => store.begin({ entity: ENTITY, bundle: BUNDLE, dim: DIM })],
  ];
}
