import type { EncodedRecord, FeatureRecord } from '@limaml/data';
import type { TensorData, TensorMap } from '@limaml/graph';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import { createCandidateIndex } from './candidate-index.js';
import { embeddingNotFinite, labelInvalid } from './errors.js';
import { embeddingOf, stackRecords } from './feeds.js';
import type { Bundle } from './open-bundle.js';
import { copyEmbeddings, createOtherReader, type OtherReader } from './other-embeddings.js';
import { priorEmbeddings } from './prior-embeddings.js';
import { createRowEncoder, type RowEncoder } from './row-feeds.js';
import type { SupportEvent } from './support-event.js';

/** An entity and its recent interactions. */
export interface AdaptRequest {
  readonly entity: string;
  /** Features of the entity. Default: those of an unknown entity. */
  readonly profile?: FeatureRecord | undefined;
  /** Oldest first; the newest `support.maxSize` of them count. None gives the prior embedding. */
  readonly events: readonly SupportEvent[];
}

/** What entities are adapted with. */
export interface Adapting {
  readonly bundle: Bundle;
  readonly rows: RowEncoder;
  readonly readOthers: OtherReader;
}

/** @param store where the embeddings of other entity types are */
export function createAdapting(bundle: Bundle, store: MetaEmbeddingStore): Adapting {
  const index = createCandidateIndex(bundle);
  const rows = createRowEncoder(bundle, index);
  return { bundle, rows, readOthers: createOtherReader(bundle, store, index) };
}

/**
 * Adapts one entity to its recent interactions.
 * @returns its meta embedding `[D]`
 * @throws LIMAML_ERR_SERVING_EVENT_LABEL, LIMAML_ERR_SERVING_EMBEDDING_NOT_FINITE
 */
export async function adaptEntity(
  adapting: Adapting,
  request: AdaptRequest,
): Promise<Float32Array> {
  request.events.forEach(({ label }, at) => {
    if (!Number.isFinite(label)) throw labelInvalid(at, label);
  });
  const [embedding] = await adaptEntities(adapting, [request]);
  if (!embedding!.every(Number.isFinite))
    throw embeddingNotFinite(adapting.bundle.manifest.entity, request.entity);
  return embedding!;
}

/**
 * Adapts several entities in one run: their support sets are padded to the longest, and a mask says which
 * rows are real. Whether an embedding is finite is for the caller to see.
 *
 * @returns the meta embeddings `[D]`, in the order of the requests
 */
export async function adaptEntities(
  adapting: Adapting,
  requests: readonly AdaptRequest[],
): Promise<readonly Float32Array[]> {
  const { bundle } = adapting;
  const { maxSize } = bundle.manifest.support;
  const tasks = requests.map(({ entity, profile, events }) => ({
    features: bundle.encoders.encodeEntity({ ...profile, id: entity }),
    events: events.slice(-maxSize),
  }));
  const adapted = tasks.filter(({ events }) => events.length > 0);
  const idle = tasks.filter(({ events }) => events.length === 0);
  const vectors = new Map([
    ...zip(adapted, await adaptTasks(adapting, adapted)),
    ...zip(idle, await priorsOf(bundle, idle)),
  ]);
  return tasks.map((task) => vectors.get(task)!);
}

/** What is adapted: encoded features and a support set. */
interface SupportTask {
  readonly features: EncodedRecord;
  readonly events: readonly SupportEvent[];
}

async function priorsOf(bundle: Bundle, tasks: readonly SupportTask[]): Promise<Float32Array[]> {
  if (tasks.length === 0) return [];
  const features = tasks.map((task) => task.features);
  return splitRows(await priorEmbeddings(bundle, features), tasks.length);
}

async function adaptTasks(
  { bundle, rows, readOthers }: Adapting,
  tasks: readonly SupportTask[],
): Promise<Float32Array[]> {
  if (tasks.length === 0) return [];
  const { adapt } = bundle;
  const size = Math.max(...tasks.map(({ events }) => events.length));
  const shape = [tasks.length, size];
  const padded = tasks.flatMap(({ events }) =>
    Array.from({ length: size }, (_, at): SupportEvent | undefined => events[at]),
  );
  const feeds = {
    ...stackRecords(
      inputsOf(adapt.inputs, 'entity.'),
      tasks.map(({ features }) => features),
    ),
    ...supportRows(bundle, rows, padded, shape),
    ...(await supportEmbeddings(readOthers, padded, shape)),
    ...supportOutcomes(bundle, padded, shape),
    'support/label': floats(shape, (at) => padded[at]?.label ?? 0),
    'support/mask': floats(shape, (at) => (padded[at] === undefined ? 0 : 1)),
  };
  return splitRows(
    await embeddingOf(adapt, feedsOf(adapt.inputs, feeds), tasks.length),
    tasks.length,
  );
}

function supportRows(
  { adapt }: Bundle,
  rows: RowEncoder,
  events: readonly (SupportEvent | undefined)[],
  shape: readonly number[],
): TensorMap {
  const flat = rows.allocate(adapt.inputs, events.length, 'support/');
  rows.fill(flat, events, 'support/');
  const shaped = Object.entries(flat).map(([name, tensor]) => [
    name,
    { ...tensor, shape: [...shape, ...tensor.shape.slice(2)] },
  ]);
  return Object.fromEntries(shaped) as TensorMap;
}

/** Embeddings of other entity types. */
async function supportEmbeddings(
  readOthers: OtherReader,
  events: readonly (SupportEvent | undefined)[],
  shape: readonly number[],
): Promise<TensorMap> {
  const others = await readOthers(events);
  const feeds = others.map((other) => {
    const data = new Float32Array(events.length * other.dim);
    copyEmbeddings(other, 0, events.length, data, 0);
    const tensor: TensorData = { dtype: 'float32', shape: [...shape, other.dim], data };
    return [`support/${other.feature}`, tensor] as const;
  });
  return Object.fromEntries(feeds);
}

function supportOutcomes(
  { adapt, encoders }: Bundle,
  events: readonly (SupportEvent | undefined)[],
  shape: readonly number[],
): TensorMap {
  const inputs = inputsOf(adapt.inputs, 'support/outcome.');
  const none = encoders.encodeOutcome({});
  const outcomes = events.map((event) =>
    event?.outcome === undefined ? none : encoders.encodeOutcome(event.outcome),
  );
  return stackRecords(inputs, outcomes, shape, 'support/');
}

function inputsOf<Value>(
  inputs: Readonly<Record<string, Value>>,
  prefix: string,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => name.startsWith(prefix)));
}

function feedsOf(
  inputs: object,
  feeds: Readonly<Record<string, TensorData>>,
): Record<string, TensorData> {
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, feeds[name]!]));
}

function floats(shape: readonly number[], valueOf: (at: number) => number): TensorData {
  const length = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'float32', shape, data: Float32Array.from({ length }, (_, at) => valueOf(at)) };
}

function splitRows(values: Float32Array, rows: number): Float32Array[] {
  const width = values.length / rows;
  return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width));
}

function zip<Key, Value>(keys: readonly Key[], values: readonly Value[]): [Key, Value][] {
  return keys.map((key, at) => [key, values[at]!]);
}
