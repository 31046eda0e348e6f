import type { EmbeddingVersion, MetaEmbeddingStore, StorePlugin } from '../contracts/index.js';
import { ensure, hasCode, wordError } from './conformance.js';

/** Opens the store under test. The same location must give the same contents again. */
export type OpenStore = StorePlugin['open'];

/** One check of a store: the suite opens a fresh one for each, and closes it. */
export interface StoreCheck {
  readonly name: string;
  readonly fix: string;
  /** @param reopen opens the same location once more */
  readonly run: (
    store: MetaEmbeddingStore,
    reopen: () => Promise<MetaEmbeddingStore>,
  ) => Promise<void>;
}

export const ENTITY = 'member';
export const BUNDLE = 'bundle-a';
export const DIM = 3;

/** What a row of `into` holds before a read; rows of unknown ids must keep it. */
const UNTOUCHED = -77;

/** A vector that tells which value it was written with. */
export function vectorOf(value: number): Float32Array {
  return Float32Array.from({ length: DIM }, (_, column) => value + column / 8);
}

/** One row per value. */
export function vectorsOf(values: readonly number[]): Float32Array {
  return Float32Array.from(values.flatMap((value) => [...vectorOf(value)]));
}

/** Writes and publishes a version in which every id has the same value. */
export async function publish(
  store: MetaEmbeddingStore,
  ids: readonly string[],
  value: number,
  bundle = BUNDLE,
): Promise<EmbeddingVersion> {
  const writer = await store.begin({ entity: ENTITY, bundle, dim: DIM });
  await writer.put(ids, vectorsOf(ids.map(() => value)));
  return writer.publish();
}

/** Reads the value of each id, undefined where it is unknown. */
export async function read(
  store: MetaEmbeddingStore,
  ids: readonly string[],
  entity = ENTITY,
): Promise<readonly (number | undefined)[]> {
  const into = new Float32Array(ids.length * DIM).fill(UNTOUCHED);
  const found = await store.get(entity, ids, into);
  return ids.map((id, row) => {
    const vector = into.subarray(row * DIM, (row + 1) * DIM);
    if (!found[row])
      ensure(
        vector.every(isUntouched),
        `the row of the unknown id ${JSON.stringify(id)} was written to`,
      );
    return found[row] ? valueOf(vector) : undefined;
  });
}

/** Reads everything, and gives the values by id. */
export async function readEntries(store: MetaEmbeddingStore): Promise<Record<string, number>> {
  const entries: Record<string, number> = {};
  for await (const { ids, vectors } of store.entries(ENTITY, 2)) {
    ids.forEach((id, row) => {
      ensure(!(id in entries), `entries gives ${JSON.stringify(id)} twice`);
      entries[id] = valueOf(vectors.subarray(row * DIM, (row + 1) * DIM));
    });
  }
  return entries;
}

/** Fails unless the ids have exactly these values. */
export async function ensureValues(
  store: MetaEmbeddingStore,
  expected: Readonly<Record<string, number | undefined>>,
): Promise<void> {
  const ids = Object.keys(expected);
  const values = await read(store, ids);
  ids.forEach((id, row) => {
    ensure(
      values[row] === expected[id],
      `${JSON.stringify(id)} reads ${values[row]}, not ${expected[id]}`,
    );
  });
}

/** Fails unless `action` throws a coded error. */
export async function ensureRefused(what: string, action: () => Promise<unknown>): Promise<void> {
  let problem = `${what} was accepted`;
  try {
    await action();
  } catch (error) {
    if (hasCode(error)) return;
    problem = `${what} threw an error without a code: ${wordError(error)}`;
  }
  ensure(false, problem);
}

function isUntouched(value: number): boolean {
  return value === UNTOUCHED;
}

function valueOf(vector: Float32Array): number {
  const value = vector[0]!;
  const whole = vectorOf(value).every((element, column) => element === vector[column]);
  ensure(whole, `a vector came back changed: ${vector.join(', ')}`);
  return value;
}
