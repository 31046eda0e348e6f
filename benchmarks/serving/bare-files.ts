import { loadEncoders } from '@limaml/data';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import type { BundleSource } from '@limaml/serving';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScoredRequest } from './marketplace.ts';

/**
 * Writes what the bare loop feeds the model for each member: encoded features and the embedding, ready made.
 * It thus does nothing but parse, run and serialise, and still answers what everybody must.
 */
export async function writeBareFeeds(
  run: BundleSource,
  store: MetaEmbeddingStore,
  requests: readonly ScoredRequest[],
  folder: string,
): Promise<void> {
  const feeds: Record<string, unknown> = {};
  for (const request of requests)
    feeds[request.entity] = {
      ...rowFeeds(run, request),
      embedding: await embeddingFeed(run, store, request.entity),
    };
  await writeFile(join(folder, 'feeds.json'), JSON.stringify(feeds));
}

async function embeddingFeed(run: BundleSource, store: MetaEmbeddingStore, entity: string) {
  const into = new Float32Array(run.model.embeddingDim);
  await store.get('member', [entity], into);
  return { dtype: 'float32', shape: [1, into.length], data: [...into] };
}

function rowFeeds({ encoders, model }: BundleSource, { candidates }: ScoredRequest) {
  const loaded = loadEncoders(encoders);
  const rows = candidates.features.map((record) =>
    loaded.encodeRow(typeof record === 'string' ? {} : record),
  );
  const feeds = Object.entries(model.inputs.rows).map(([name, { dtype, shape }]) => {
    const data = rows.flatMap((row) => [...row[name]!]);
    return [name, { dtype, shape: [1, rows.length, ...shape.slice(2)], data }] as const;
  });
  return Object.fromEntries(feeds);
}
