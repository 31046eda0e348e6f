import { ensure } from './conformance.js';
import {
  BUNDLE,
  DIM,
  ENTITY,
  ensureValues,
  publish,
  readEntries,
  vectorOf,
  vectorsOf,
} from './store-fixture.js';
import type { StoreCheck } from './store-fixture.js';

/** An entity can be forgotten, and everything can be listed. */
export const FORGETTING_CHECKS: readonly StoreCheck[] = [
  {
    name: 'delete forgets an entity in all versions, the staged one included',
    fix: 'Delete the vector of the id from every version that is kept and from the staged one',
    run: async (store) => {
      await publish(store, ['m1', 'm2'], 1);
      await publish(store, ['m1', 'm2'], 2);
      const writer = await store.begin({ entity: ENTITY, bundle: BUNDLE, dim: DIM });
      await writer.put(['m1', 'm2'], vectorsOf([3, 3]));
      const held = await store.delete(ENTITY, 'm1');
      ensure(held === 3, `delete says that ${held} versions held the id, not 3`);
      await ensureValues(store, { m1: undefined, m2: 2 });
      await store.rollback(ENTITY);
      await ensureValues(store, { m1: undefined, m2: 1 });
      const { count } = await writer.publish();
      ensure(count === 1, `count of the staged version is ${count} after the deletion, not 1`);
      await ensureValues(store, { m1: undefined, m2: 3 });
    },
  },
  {
    name: 'delete of an unknown id changes nothing, and a deleted one may come back',
    fix: 'Count an id down only where it was there',
    run: async (store) => {
      ensure((await store.delete(ENTITY, 'm1')) === 0, 'an empty store held the id');
      await publish(store, ['m1'], 1);
      ensure((await store.delete(ENTITY, 'stranger')) === 0, 'a stranger was held');
      await store.delete(ENTITY, 'm1');
      ensure((await store.current(ENTITY))?.count === 0, 'count is not 0 after the deletion');
      await store.refresh(ENTITY, BUNDLE, 'm1', vectorOf(5));
      ensure((await store.current(ENTITY))?.count === 1, 'count is not 1 after the refresh');
      await ensureValues(store, { m1: 5 });
    },
  },
  {
    name: 'entries gives every vector of the current version once',
    fix: 'Read the current version in batches; versions before it, and other entity types, are not in it',
    run: async (store) => {
      ensure(Object.keys(await readEntries(store)).length === 0, 'an empty store has entries');
      await publish(store, ['old', 'm1'], 1);
      const ids = ['m1', 'm2', '', 'a/b', '\u{1F600}'];
      await publish(store, ids, 2);
      await store.refresh(ENTITY, BUNDLE, 'm2', vectorOf(7));
      const entries = await readEntries(store);
      ensure(
        Object.keys(entries).length === ids.length,
        `entries gives ${Object.keys(entries).length} ids, not ${ids.length}`,
      );
      for (const id of ids) {
        const expected = id === 'm2' ? 7 : 2;
        ensure(
          entries[id] === expected,
          `${JSON.stringify(id)} is ${entries[id]}, not ${expected}`,
        );
      }
    },
  },
  {
    name: 'statistics counts versions and vectors',
    fix: 'Count the versions that are kept, and the vectors of all of them; bytes is what the store takes',
    run: async (store) => {
      const empty = await store.statistics(ENTITY);
      ensure(empty.versions === 0 && empty.vectors === 0, 'an empty store has versions');
      await publish(store, ['m1'], 1);
      await publish(store, ['m1', 'm2'], 2);
      const { versions, vectors, bytes } = await store.statistics(ENTITY);
      ensure(versions === 2 && vectors === 3, `it counts ${versions} versions, ${vectors} vectors`);
      ensure(bytes > 0, `bytes is ${bytes}`);
    },
  },
];
