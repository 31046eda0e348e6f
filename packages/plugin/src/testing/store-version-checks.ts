import type { MetaEmbeddingStore } from '../contracts/index.js';
import { ensure } from './conformance.js';
import {
  BUNDLE,
  DIM,
  ENTITY,
  ensureRefused,
  ensureValues,
  publish,
  read,
  vectorsOf,
} from './store-fixture.js';
import type { StoreCheck } from './store-fixture.js';

/** Versions switch as a whole. */
export const VERSION_CHECKS: readonly StoreCheck[] = [
  {
    name: 'nothing is visible before publish, nor after abort',
    fix: 'Stage vectors under a version that readers do not follow yet',
    run: async (store) => {
      await publish(store, ['m1'], 1);
      const writer = await store.begin({ entity: ENTITY, bundle: BUNDLE, dim: DIM });
      await writer.put(['m1', 'm2'], vectorsOf([2, 2]));
      await ensureValues(store, { m1: 1, m2: undefined });
      await writer.abort();
      await ensureValues(store, { m1: 1, m2: undefined });
      ensure((await store.versions(ENTITY)).length === 1, 'an aborted version is listed');
    },
  },
  {
    name: 'version numbers increase, and versions lists the newest first',
    fix: 'Number versions by a counter that is never turned back',
    run: async (store) => {
      const first = await publish(store, ['m1'], 1);
      const second = await publish(store, ['m1'], 2, 'bundle-b');
      ensure(second.version > first.version, `${second.version} follows ${first.version}`);
      const listed = (await store.versions(ENTITY)).map(({ version }) => version);
      ensure(
        listed.join() === `${second.version},${first.version}`,
        `versions lists ${listed.join()}`,
      );
      ensure((await store.current(ENTITY))?.bundle === 'bundle-b', 'current is not the newest');
    },
  },
  {
    name: 'rollback makes the version before current again, once',
    fix: 'Keep the version before the current one, and refuse when there is none',
    run: async (store) => {
      await ensureRefused('rollback of an empty store', () => store.rollback(ENTITY));
      const first = await publish(store, ['m1', 'm2'], 1);
      await ensureRefused('rollback of the first version', () => store.rollback(ENTITY));
      await publish(store, ['m1'], 2);
      const current = await store.rollback(ENTITY);
      ensure(current.version === first.version, `version ${current.version} is current`);
      await ensureValues(store, { m1: 1, m2: 1 });
      await ensureRefused('a second rollback', () => store.rollback(ENTITY));
    },
  },
  {
    name: 'after a rollback, the next publish comes after all versions and rolls back to the one in use',
    fix: 'Drop a version that was rolled back when the next one is published, and never use its number again',
    run: async (store) => {
      await publish(store, ['m1'], 1);
      const bad = await publish(store, ['m1'], 2);
      await store.rollback(ENTITY);
      const next = await publish(store, ['m1'], 3);
      ensure(next.version > bad.version, `${next.version} follows ${bad.version}`);
      await store.rollback(ENTITY);
      await ensureValues(store, { m1: 1 });
    },
  },
  {
    name: 'a new begin supersedes a writer that never finished',
    fix: 'Drop what an earlier writer staged at begin, and refuse that writer from then on',
    run: async (store) => {
      const lost = await store.begin({ entity: ENTITY, bundle: BUNDLE, dim: DIM });
      await lost.put(['lost'], vectorsOf([1]));
      await publish(store, ['m1'], 2);
      await ensureRefused('put of a superseded writer', () => lost.put(['lost'], vectorsOf([1])));
      await ensureRefused('publish of a superseded writer', () => lost.publish());
      await ensureValues(store, { m1: 2, lost: undefined });
    },
  },
  {
    name: 'a finished writer is refused',
    fix: 'Remember that the writer published or aborted; abort after that does nothing',
    run: async (store) => {
      const writer = await store.begin({ entity: ENTITY, bundle: BUNDLE, dim: DIM });
      await writer.publish();
      await ensureRefused('put after publish', () => writer.put(['m1'], vectorsOf([1])));
      await ensureRefused('a second publish', () => writer.publish());
      await writer.abort();
      ensure(
        (await store.versions(ENTITY)).length === 1,
        'abort after publish dropped the version',
      );
    },
  },
  {
    name: 'readers see whole versions only while versions are published',
    fix: 'Read the pointer and all rows of one get from one snapshot',
    run: checkWholeReads,
  },
];

async function checkWholeReads(store: MetaEmbeddingStore): Promise<void> {
  const ids = Array.from({ length: 50 }, (_, index) => `m${index}`);
  await publish(store, ids, 0);
  const writing = { done: false };
  const publishAll = async () => {
    for (let value = 1; value <= 10; value++) await publish(store, ids, value);
  };
  await Promise.all([
    publishAll().finally(() => (writing.done = true)),
    readUntilDone(store, ids, writing),
  ]);
}

async function readUntilDone(
  store: MetaEmbeddingStore,
  ids: readonly string[],
  writing: { readonly done: boolean },
): Promise<void> {
  while (!writing.done) {
    const values = new Set(await read(store, ids));
    ensure(values.size === 1, `one get saw the versions ${[...values].join(' and ')}`);
    await new Promise((resume) => setImmediate(resume));
  }
}
