import { ensure } from './conformance.js';
import {
  BUNDLE,
  DIM,
  ENTITY,
  ensureValues,
  publish,
  read,
  vectorOf,
  vectorsOf,
} from './store-fixture.js';
import type { StoreCheck } from './store-fixture.js';

/** Ids that break careless keys: empty, path-like, with separators, control characters, or outside ASCII. */
const AWKWARD_IDS = [
  '',
  '../../etc/passwd',
  '/',
  'a/b',
  'a',
  'ab',
  'a\0b',
  '\u{1F600}',
  'é',
  'e\u0301',
  '__proto__',
  ' a',
  '1',
  '01',
];

/** What is put in comes out again. */
export const HOLDING_CHECKS: readonly StoreCheck[] = [
  {
    name: 'is empty before the first publish',
    fix: 'Answer undefined, no versions and not found; unknown rows are left alone',
    run: async (store) => {
      ensure((await store.current(ENTITY)) === undefined, 'there is a current version');
      ensure((await store.versions(ENTITY)).length === 0, 'there are versions');
      await ensureValues(store, { m1: undefined });
    },
  },
  {
    name: 'gives back what was published, bit by bit',
    fix: 'Keep the four bytes of every float, row i for id i, and describe the version as it was begun',
    run: async (store) => {
      const published = await publish(store, ['m1', 'm2'], 5);
      const { entity, bundle, dim, count } = published;
      const expected = entity === ENTITY && bundle === BUNDLE && dim === DIM && count === 2;
      ensure(expected, `the version reads ${JSON.stringify(published)}`);
      ensure(!Number.isNaN(Date.parse(published.createdAt)), 'createdAt is no ISO 8601 date');
      await ensureValues(store, { m2: 5, stranger: undefined, m1: 5 });
    },
  },
  {
    name: 'the last vector of a repeated id wins, and count counts ids',
    fix: 'Replace on put, and count an id once',
    run: async (store) => {
      const writer = await store.begin({ entity: ENTITY, bundle: BUNDLE, dim: DIM });
      await writer.put(['m1', 'm2', 'm1'], vectorsOf([1, 2, 3]));
      await writer.put(['m2'], vectorsOf([4]));
      const { count } = await writer.publish();
      ensure(count === 2, `count is ${count} for 2 ids`);
      await ensureValues(store, { m1: 3, m2: 4 });
    },
  },
  {
    name: 'keeps ids of any letters apart',
    fix: 'Use the exact UTF-8 bytes of the id in the key, never as a file name, after a prefix of fixed length',
    run: async (store) => {
      const writer = await store.begin({ entity: ENTITY, bundle: BUNDLE, dim: DIM });
      await writer.put(AWKWARD_IDS, vectorsOf(AWKWARD_IDS.map((_, index) => index)));
      await writer.publish();
      const values = await read(store, AWKWARD_IDS);
      values.forEach((value, index) => {
        ensure(
          value === index,
          `${JSON.stringify(AWKWARD_IDS[index])} reads ${value}, not ${index}`,
        );
      });
    },
  },
  {
    name: 'keeps entity types apart',
    fix: 'Make the entity type a part of the key',
    run: async (store) => {
      await publish(store, ['x'], 1);
      ensure((await store.current('job')) === undefined, 'another entity type has a version');
      ensure((await read(store, ['x'], 'job'))[0] === undefined, 'another entity type has the id');
    },
  },
  {
    name: 'a version may be empty',
    fix: 'Publish without put is a version with count 0',
    run: async (store) => {
      const { count } = await publish(store, [], 0);
      ensure(count === 0, `count is ${count}`);
    },
  },
  {
    name: 'refresh replaces and adds a vector of the current version in place',
    fix: 'Write to the current version, and count an id that is new',
    run: async (store) => {
      const { version } = await publish(store, ['m1', 'm2'], 1);
      await store.refresh(ENTITY, BUNDLE, 'm1', vectorOf(9));
      await store.refresh(ENTITY, BUNDLE, 'm3', vectorOf(8));
      await ensureValues(store, { m1: 9, m2: 1, m3: 8 });
      const current = await store.current(ENTITY);
      ensure(current?.version === version, 'the version number changed');
      ensure(current.count === 3, `count is ${current.count}, not 3`);
    },
  },
  {
    name: 'refresh takes several ids at once',
    fix: 'Write row i of the vectors for the id at i; count each new id once',
    run: async (store) => {
      await publish(store, ['m1', 'm2'], 1);
      const vectors = new Float32Array([...vectorOf(5), ...vectorOf(6), ...vectorOf(7)]);
      await store.refresh(ENTITY, BUNDLE, ['m2', 'm3', 'm4'], vectors);
      await ensureValues(store, { m1: 1, m2: 5, m3: 6, m4: 7 });
      const current = await store.current(ENTITY);
      ensure(current?.count === 4, `count is ${current?.count ?? 'missing'}, not 4`);
    },
  },
  {
    name: 'keeps its contents when it is opened again',
    fix: 'Finish every write before its promise settles; a store in memory keeps contents by location',
    run: async (store, reopen) => {
      const published = await publish(store, ['m1'], 4);
      await store.close();
      const again = await reopen();
      await ensureValues(again, { m1: 4 });
      const current = await again.current(ENTITY);
      await again.close();
      ensure(
        JSON.stringify(current) === JSON.stringify(published),
        'the version reads differently',
      );
    },
  },
];
