import type { FeatureRecord } from '@limaml/data';
import type { TensorData } from '@limaml/graph';
import { embeddingNotFinite, labelInvalid } from './errors.js';
import { embeddingOf, stackRecords } from './feeds.js';
import type { Bundle } from './open-bundle.js';
import { priorEmbeddings } from './prior-embeddings.js';
import type { RowEncoder } from './row-feeds.js';
import type { SupportEvent } from './support-event.js';

/** An entity and its recent interactions. */
export interface AdaptRequest {
  readonly entity: string;
  /** Features of the entity. Default: those of an unknown entity. */
  readonly profile?: FeatureRecord | undefined;
  /** Oldest first; the newest `support.maxSize` of them count. None gives the prior embedding. */
  readonly events: readonly SupportEvent[];
}

/**
 * Adapts one entity to its recent interactions.
 * @returns its meta embedding `[D]`
 * @throws LIMAML_ERR_SERVING_EVENT_LABEL, LIMAML_ERR_SERVING_EMBEDDING_NOT_FINITE
 */
export async function adaptEntity(
  bundle: Bundle,
  rows: RowEncoder,
  request: AdaptRequest,
): Promise<Float32Array> {
  request.events.forEach(({ label }, at) => {
    if (!Number.isFinite(label)) throw labelInvalid(at, label);
  });
  const embedding = await adaptTo(bundle, rows, request);
  if (!embedding.every(Number.isFinite))
    throw embeddingNotFinite(bundle.manifest.entity, request.entity);
  return embedding;
}

async function adaptTo(
  bundle: Bundle,
  rows: RowEncoder,
  request: AdaptRequest,
): Promise<Float32Array> {
  const { adapt, encoders, manifest } = bundle;
  const events = request.events.slice(-manifest.support.maxSize);
  const entity = encoders.encodeEntity({ ...request.profile, id: request.entity });
  if (events.length === 0) return priorEmbeddings(bundle, [entity]);
  const shape = [1, events.length];
  const rowFeeds = rows.allocate(adapt.inputs, events.length, 'support/');
  rows.fill(rowFeeds, events, 'support/');
  const outcomes = events.map(({ outcome = {} }) => encoders.encodeOutcome(outcome));
  const feeds = {
    ...stackRecords(inputsOf(adapt.inputs, 'entity.'), [entity]),
    ...rowFeeds,
    ...stackRecords(inputsOf(adapt.inputs, 'support/outcome.'), outcomes, shape, 'support/'),
    'support/label': floats(
      shape,
      events.map(({ label }) => label),
    ),
    'support/mask': floats(
      shape,
      events.map(() => 1),
    ),
  };
  return embeddingOf(adapt, feedsOf(adapt.inputs, feeds), 1);
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

function floats(shape: readonly number[], values: readonly number[]): TensorData {
  return { dtype: 'float32', shape, data: Float32Array.from(values) };
}
