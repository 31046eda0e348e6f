import type { TaskIndex } from '@limaml/data';
import type {
  EmbeddingVersion,
  InteractionLog,
  MetaEmbeddingStore,
  VersionWriter,
} from '@limaml/plugin';
import { adaptedBatches } from './adapted-batches.js';
import type { EmbeddingBatch } from './embedding-batch.js';
import { entityMismatch, generationAborted, nothingGenerated } from './errors.js';
import type { Bundle } from './open-bundle.js';
import { priorBatches } from './prior-batches.js';

/** What {@link generateEmbeddings} works on. */
export interface GenerateOptions {
  readonly bundle: Bundle;
  readonly log: InteractionLog;
  /** `buildTasks(log, entityPlugin)`. */
  readonly tasks: TaskIndex;
  readonly store: MetaEmbeddingStore;
  /** Told after every batch. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Stops before the next batch; the version that was served before stays. */
  readonly signal?: AbortSignal;
}

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

/** Failed ids that a report names. */
const MAX_EXAMPLES = 20;

/**
 * Generates the meta embedding of every entity of a log and publishes them as a new version of the
 * store: `e_i = f_meta(θ'_i; x_i)`, θ' from the inner loop on the entity's newest interactions.
 *
 * Works batch by batch, in as many worker threads as the bundle's runtime has; memory does not grow with
 * the entities. Until the end, and after any failure, the store serves the version before.
 *
 * @throws LIMAML_ERR_SERVING_GENERATION_ABORTED when `signal` aborts, LIMAML_ERR_SERVING_NOTHING_GENERATED
 *   when every entity failed, LIMAML_ERR_SERVING_ENTITY_MISMATCH
 *
 * @example
 * ```ts
 * const report = await generateEmbeddings({ bundle, log, tasks, store });
 * console.log(`${report.entities} entities, ${report.onPrior} on prior, ${report.failed.count} failed`);
 * ```
 */
export async function generateEmbeddings(options: GenerateOptions): Promise<GenerationReport> {
  const { bundle, tasks, store } = options;
  const { entity, embedding, fingerprint } = bundle.manifest;
  if (tasks.entity !== entity) throw entityMismatch(entity, tasks.entity);
  const startedAt = performance.now();
  const writer = await store.begin({ entity, bundle: fingerprint, dim: embedding.dim });
  try {
    const tally = await stageAll(options, writer);
    const version = await writer.publish();
    return { version, ...tally, seconds: (performance.now() - startedAt) / 1000 };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

type Tally = Omit<GenerationReport, 'version' | 'seconds'>;

async function stageAll(options: GenerateOptions, writer: VersionWriter): Promise<Tally> {
  const { bundle, log, tasks, onProgress, signal } = options;
  const idle = idleEntities(log, tasks);
  const total = tasks.taskIds.length + idle.length;
  const tally = createTally(bundle.manifest.embedding.dim);
  let done = 0;
  for (const batches of [adaptedBatches(bundle, log, tasks), priorBatches(bundle, log, idle)]) {
    for await (const batch of batches) {
      if (signal?.aborted) throw generationAborted(done, total);
      const finite = tally.add(batch);
      await writer.put(finite.ids, finite.vectors);
      done += batch.ids.length;
      onProgress?.({ done, total });
    }
  }
  if (tally.stored() === 0) throw nothingGenerated(total);
  return tally.result(total, idle.length);
}

/** Rows of the entity's side table without any interaction. */
function idleEntities(log: InteractionLog, tasks: TaskIndex): number[] {
  const active = new Set(tasks.taskIds);
  const ids = log.entities[tasks.entity]?.ids ?? [];
  return [...ids.keys()].filter((row) => !active.has(ids[row]!));
}

/** Counts, and separates the vectors that can be stored from those that cannot. */
function createTally(dim: number): {
  add(batch: EmbeddingBatch): EmbeddingBatch;
  stored(): number;
  result(entities: number, onPrior: number): Tally;
} {
  const examples: string[] = [];
  let [stored, failed, min, sum, max] = [0, 0, Infinity, 0, 0];
  const keep = ({ ids, vectors }: EmbeddingBatch, row: number): boolean => {
    const norm = Math.hypot(...vectors.subarray(row * dim, (row + 1) * dim));
    if (!Number.isFinite(norm)) {
      failed++;
      if (examples.length < MAX_EXAMPLES) examples.push(ids[row]!);
      return false;
    }
    [stored, sum, min, max] = [stored + 1, sum + norm, Math.min(min, norm), Math.max(max, norm)];
    return true;
  };
  return {
    add: (batch) =>
      selectRows(
        batch,
        dim,
        batch.ids.map((_, row) => keep(batch, row)),
      ),
    stored: () => stored,
    result: (entities, onPrior) => ({
      entities,
      onPrior,
      failed: { count: failed, examples },
      norms: { min, mean: sum / stored, max },
    }),
  };
}

function selectRows(batch: EmbeddingBatch, dim: number, kept: readonly boolean[]): EmbeddingBatch {
  if (kept.every(Boolean)) return batch;
  const rows = [...kept.keys()].filter((row) => kept[row]);
  const vectors = new Float32Array(rows.length * dim);
  rows.forEach((row, at) => {
    vectors.set(batch.vectors.subarray(row * dim, (row + 1) * dim), at * dim);
  });
  return { ids: rows.map((row) => batch.ids[row]!), vectors };
}
