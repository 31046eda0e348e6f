import type { MetaEmbeddingStore, NewVersion, VersionWriter } from '../contracts/index.js';
import { ensure } from './conformance.js';
import {
  BUNDLE,
  DIM,
  ENTITY,
  ensureRefused,
  ensureValues,
  publish,
  vectorsOf,
} from './store-fixture.js';
import type { StoreCheck } from './store-fixture.js';

const VERSION = { entity: ENTITY, bundle: BUNDLE, dim: DIM } as const;

/** A writer that stages two vectors and is left alone, as when its process was killed. */
async function leaveHalf(store: MetaEmbeddingStore): Promise<VersionWriter> {
  const killed = await store.begin(VERSION);
  await killed.put(['m1'], vectorsOf([2]), 'one');
  await killed.put(['m2'], vectorsOf([2]), 'two');
  return killed;
}

/** A job that died can be resumed. */
export const RESUME_CHECKS: readonly StoreCheck[] = [
  {
    name: 'resumes what a writer staged and did not finish, after the store was opened again, too',
    fix: 'Keep the staged version and the last marker; adopt them at begin with resume: true',
    run: async (store, reopen) => {
      await publish(store, ['m1'], 1);
      await leaveHalf(store);
      const again = await reopen();
      const resumed = await again.begin({ ...VERSION, resume: true });
      ensure(resumed.marker === 'two', `the marker is ${resumed.marker}, not "two"`);
      await ensureValues(again, { m1: 1, m2: undefined });
      await resumed.put(['m3'], vectorsOf([2]), 'three');
      const { count, through } = await resumed.publish({ through: 77 });
      ensure(count === 3, `count is ${count}, not 3`);
      ensure(through === 77, `through is ${through}, not 77`);
      await ensureValues(again, { m1: 2, m2: 2, m3: 2 });
      ensure((await again.current(ENTITY))?.through === 77, 'through was not kept');
      await again.close();
    },
  },
  {
    name: 'refuses a writer from the moment on that another one resumes its version',
    fix: 'Give every writer a number of its own, and compare it in the transaction that writes',
    run: async (store) => {
      const killed = await leaveHalf(store);
      const resumed = await store.begin({ ...VERSION, resume: true });
      await ensureRefused('put', () => killed.put(['m9'], vectorsOf([9])));
      await ensureRefused('publish', () => killed.publish());
      await killed.abort();
      await resumed.put([], vectorsOf([]), 'end');
      await resumed.publish();
      await ensureValues(store, { m1: 2, m2: 2, m9: undefined });
    },
  },
  {
    name: 'resumes nothing of another bundle, size or dtype, nor after abort or publish, nor unasked',
    fix: 'Compare bundle, dim and dtype with the staged version; begin an empty one where they differ',
    run: async (store) => {
      const others: NewVersion[] = [
        { ...VERSION, resume: true, bundle: 'bundle-b' },
        { ...VERSION, resume: true, dim: DIM + 1 },
        { ...VERSION, resume: true, dtype: 'int8' },
        VERSION,
      ];
      for (const other of others) {
        await leaveHalf(store);
        await ensureEmpty(await store.begin(other));
      }
      await (await leaveHalf(store)).abort();
      await ensureEmpty(await store.begin({ ...VERSION, resume: true }));
      await (await leaveHalf(store)).publish();
      await ensureEmpty(await store.begin({ ...VERSION, resume: true }));
    },
  },
  {
    name: 'keeps the marker of the last put that had one',
    fix: 'Write the marker with the vectors it is about, and leave it alone in a put without one',
    run: async (store) => {
      const killed = await leaveHalf(store);
      await killed.put(['m3'], vectorsOf([2]));
      const wrong = killed.put(['m4'], vectorsOf([NaN]), 'never');
      await ensureRefused('a NaN', () => wrong);
      const { marker } = await store.begin({ ...VERSION, resume: true });
      ensure(marker === 'two', `the marker is ${marker}, not "two"`);
    },
  },
];

async function ensureEmpty(writer: VersionWriter): Promise<void> {
  ensure(writer.marker === undefined, `a new version has the marker ${writer.marker}`);
  const { count } = await writer.publish();
  ensure(count === 0, `a new version has ${count} vectors`);
}
