import type { EmbeddingVersion, MetaEmbeddingStore, VersionWriter } from '@limaml/plugin';
import { createBlockAdapter } from './adapt-block.js';
import { createTally, type EmbeddingCounts } from './embedding-tally.js';
import { generationAborted, nothingGenerated } from './errors.js';
import { openBlocks, type LogInParts, type WholeLog } from './log-blocks.js';
import type { Bundle } from './open-bundle.js';

/** What {@link generateEmbeddings} works on: a bundle, a store, and a log, whole or in parts. */
export type GenerateOptions = (WholeLog | LogInParts) & {
  readonly bundle: Bundle;
  readonly store: MetaEmbeddingStore;
  /** Told after every batch. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Stops before the next batch; the version that was served before stays. */
  readonly signal?: AbortSignal;
};

/** What a generation did. */
export interface GenerationReport {
  readonly version: EmbeddingVersion;
  /** Entities of the log. */
  readonly entities: number;
  /** Those that have no interactions and got the prior embedding. */
  readonly onPrior: number;
  /** Those whose embedding was not finite. They have no vector in this version: scoring uses their prior. */
  readonly failed: { readonly count: number; readonly examples: readonly string[] };
  readonly seconds: number;
  /** Euclidean norms of the vectors that were stored. */
  readonly norms: { readonly min: number; readonly mean: number; readonly max: number };
}

/**
 * Generates the meta embedding of every entity of a log and publishes them as a new version of the
 * store: `e_i = f_meta(θ'_i; x_i)`, θ' from the inner loop on the entity's newest interactions.
 *
 * Works block by block, in as many worker threads as the bundle's runtime has: the next part of the log is
 * read and the vectors before are written meanwhile. Memory does not grow with the entities of a log in
 * parts. Until the end, and after any failure, the store serves the version before.
 *
 * @throws LIMAML_ERR_SERVING_GENERATION_ABORTED when `signal` aborts, LIMAML_ERR_SERVING_NOTHING_GENERATED
 *   when every entity failed, LIMAML_ERR_SERVING_ENTITY_MISMATCH, LIMAML_ERR_SERVING_PARTS_ENTITY; what
 *   reading a part throws
 *
 * @example
 * ```ts
 * const report = await generateEmbeddings({ bundle, log, tasks, store });
 * console.log(`${report.entities} entities, ${report.onPrior} on prior, ${report.failed.count} failed`);
 * ```
 */
export async function generateEmbeddings(options: GenerateOptions): Promise<GenerationReport> {
  const { bundle, store } = options;
  const { entity, embedding, fingerprint } = bundle.manifest;
  const startedAt = performance.now();
  const source = openBlocks(bundle, options);
  const writer = await store.begin({ entity, bundle: fingerprint, dim: embedding.dim });
  try {
    const counts = await stageAll(options, source, writer);
    const version = await writer.publish();
    return { version, ...counts, seconds: (performance.now() - startedAt) / 1000 };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function stageAll(
  { bundle, onProgress, signal }: GenerateOptions,
  { entities: total, blocks }: ReturnType<typeof openBlocks>,
  writer: VersionWriter,
): Promise<EmbeddingCounts & Pick<GenerationReport, 'entities' | 'onPrior'>> {
  const adapter = createBlockAdapter(bundle);
  const tally = createTally(bundle.manifest.embedding.dim);
  let [done, onPrior] = [0, 0];
  const onBatch = (tasks: number): void => {
    if (signal?.aborted) throw generationAborted(done, total);
    done += tasks;
    onProgress?.({ done, total });
  };
  let writing = Promise.resolve();
  try {
    for await (const block of blocks) {
      const adapted = await adapter.adapt(block, onBatch);
      onPrior += adapted.onPrior;
      const finite = tally.add(adapted);
      await writing;
      writing = writer.put(finite.ids, finite.vectors);
      // A failure is thrown when the next block is ready, or at the end.
      writing.catch(() => undefined);
    }
  } catch (error) {
    await Promise.allSettled([writing]);
    // The signal may have stopped the reading of a part.
    throw signal?.aborted ? generationAborted(done, total) : error;
  }
  await writing;
  if (tally.stored() === 0) throw nothingGenerated(total);
  return { ...tally.counts(), entities: total, onPrior };
}
