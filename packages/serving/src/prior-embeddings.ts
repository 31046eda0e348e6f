import type { EncodedRecord } from '@limaml/data';
import { embeddingOf, stackRecords } from './feeds.js';
import type { Bundle } from './open-bundle.js';

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
