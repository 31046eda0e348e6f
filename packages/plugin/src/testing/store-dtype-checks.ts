import type { EmbeddingDtype, EmbeddingVersion, MetaEmbeddingStore } from '../contracts/index.js';
import { ensure } from './conformance.js';
import { BUNDLE, ensureRefused, ENTITY } from './store-fixture.js';
import type { StoreCheck } from './store-fixture.js';

const DIM = 5;
const IDS = ['m1', 'm2', 'm3', 'm4'];
/** Of mixed magnitude, zero, small and with numbers that no dtype but float32 has. */
const VECTORS = Float32Array.of(
  ...[0.1, -0.7, 1 / 3, 2, -1.999],
  ...[0, 0, 0, 0, 0],
  ...[1e-3, -2e-3, 3e-3, 1e-4, 0],
  ...[-300.5, 12.25, 0.01, 77, 299.9],
);
const REFRESHED = Float32Array.of(0.9, -0.123, 5.5, 0, 1e-2);

/** How far a number may be from what was put, by the vector it is in. */
const TOLERANCES: Readonly<
  Record<EmbeddingDtype, (value: number, vector: Float32Array) => number>
> = {
  float32: () => 0,
  // Below 2⁻¹⁴ half precision has no relative precision any more.
  float16: (value) => Math.max(Math.abs(value) * 2 ** -11, 2 ** -25),
  // Half a scale; stores may round the scale up a little.
  int8: (_, vector) => (Math.max(...vector.map(Math.abs)) / 127 / 2) * 1.001,
};

/** Versions of every dtype. */
export const DTYPE_CHECKS: readonly StoreCheck[] = [
  ...(Object.keys(TOLERANCES) as EmbeddingDtype[]).map((dtype) => ({
    name: `keeps ${dtype} vectors, those of refreshes included, as exactly as the dtype can`,
    fix: 'Encode on put and refresh and decode on get and entries, by the dtype of the version',
    run: (store: MetaEmbeddingStore) => checkDtype(store, dtype),
  })),
  {
    name: 'begins float32 versions unless told otherwise, and refuses dtypes that it does not know',
    fix: "Default dtype to 'float32' and check it at begin",
    run: async (store) => {
      const version = { entity: ENTITY, bundle: BUNDLE, dim: DIM };
      await (await store.begin(version)).publish();
      const dtype = (await store.current(ENTITY))?.dtype;
      ensure(dtype === 'float32', `the version is ${dtype}`);
      const unknown = { ...version, dtype: 'float8' as EmbeddingDtype };
      await ensureRefused('an unknown dtype', () => store.begin(unknown));
    },
  },
  {
    name: 'refuses numbers that a dtype cannot hold',
    fix: 'Compare with the greatest number of the dtype before the first row is written: 65504 for float16',
    run: async (store) => {
      await publishAs(store, 'float16', VECTORS);
      const large = Float32Array.of(1e5, 0, 0, 0, 0);
      await ensureRefused('100000 as float16', () => store.refresh(ENTITY, BUNDLE, 'm1', large));
    },
  },
];

async function checkDtype(store: MetaEmbeddingStore, dtype: EmbeddingDtype): Promise<void> {
  const version = await publishAs(store, dtype, VECTORS);
  ensure(version.dtype === dtype, `the version is ${version.dtype}, not ${dtype}`);
  const once = await readAll(store);
  ensureNear(dtype, once, VECTORS);
  await publishAs(store, dtype, once);
  const twice = await readAll(store);
  ensure(equal(once, twice), `${dtype} vectors that were read and put again changed`);
  await store.refresh(ENTITY, BUNDLE, 'm2', REFRESHED);
  const refreshed = Float32Array.from(VECTORS);
  refreshed.set(REFRESHED, DIM);
  ensureNear(dtype, await readAll(store), refreshed);
  for await (const { ids, vectors } of store.entries(ENTITY, 1)) {
    const row = IDS.indexOf(ids[0]!);
    ensureNear(dtype, vectors, refreshed.subarray(row * DIM, (row + 1) * DIM));
  }
}

async function publishAs(
  store: MetaEmbeddingStore,
  dtype: EmbeddingDtype,
  vectors: Float32Array,
): Promise<EmbeddingVersion> {
  const writer = await store.begin({ entity: ENTITY, bundle: BUNDLE, dim: DIM, dtype });
  await writer.put(IDS, vectors);
  return writer.publish();
}

async function readAll(store: MetaEmbeddingStore): Promise<Float32Array> {
  const into = new Float32Array(VECTORS.length);
  const found = await store.get(ENTITY, IDS, into);
  ensure(!found.includes(false), 'a vector is missing');
  return into;
}

function ensureNear(dtype: EmbeddingDtype, got: Float32Array, expected: Float32Array): void {
  expected.forEach((value, at) => {
    const start = at - (at % DIM);
    const bound = TOLERANCES[dtype](value, expected.subarray(start, start + DIM));
    const error = Math.abs(got[at]! - value);
    ensure(error <= bound, `${value} came back as ${got[at]} in ${dtype}`);
  });
}

function equal(left: Float32Array, right: Float32Array): boolean {
  return left.every((value, at) => value === right[at]);
}
