import { mapAhead, tableRecord, type EncodedRecord } from '@limaml/data';
import type { InteractionLog } from '@limaml/plugin';
import { embeddingOf, stackRecords } from './feeds.js';
import type { EmbeddingBatch } from './embedding-batch.js';
import type { Bundle } from './open-bundle.js';

const ENTITIES_PER_BATCH = 256;

/** Prior embeddings of some rows of the entity's side table. */
export async function* priorBatches(
  bundle: Bundle,
  log: InteractionLog,
  rows: readonly number[],
): AsyncIterable<EmbeddingBatch> {
  const ahead = bundle.workers === undefined ? 1 : bundle.workers + 1;
  yield* mapAhead(partsOf(rows), ahead, async (batch) => {
    const { ids, table } = log.entities[bundle.manifest.entity]!;
    const records = batch.map((row) =>
      bundle.encoders.encodeEntity({ ...tableRecord(table, row), id: ids[row]! }),
    );
    return { ids: batch.map((row) => ids[row]!), vectors: await priorEmbeddings(bundle, records) };
  });
}

function* partsOf(rows: readonly number[]): Generator<readonly number[]> {
  for (let start = 0; start < rows.length; start += ENTITIES_PER_BATCH)
    yield rows.slice(start, start + ENTITIES_PER_BATCH);
}

/**
 * Prior embeddings `[entities, D]`: `f_meta(θ; x)` without any adaptation.
 * @param entities encoded features of each entity
 */
export function priorEmbeddings(
  bundle: Bundle,
  entities: readonly EncodedRecord[],
): Promise<Float32Array> {
  return embeddingOf(bundle.prior, stackRecords(bundle.prior.inputs, entities), entities.length);
}
