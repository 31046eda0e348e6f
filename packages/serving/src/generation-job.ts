import type { LimamlError } from '@limaml/errors';
import type { VersionWriter } from '@limaml/plugin';
import { createBlockAdapter, supportSizes, type BlockAdapter } from './adapt-block.js';
import type { DeadLetter, DeadLetters } from './dead-letters.js';
import { selectRows } from './embedding-batch.js';
import { createTally, type EmbeddingTally, type TalliedBlock } from './embedding-tally.js';
import { embeddingNotFinite } from './errors.js';
import { adaptationFailed, generationAborted } from './generation/errors.js';
import type { GenerateOptions } from './generate-embeddings.js';
import { openBlocks, type TaskBlock } from './log-blocks.js';
import { readPrevious, type PreviousVersion } from './previous-vectors.js';
import { putBatch, type GenerationMarker } from './staging.js';

/** What a generation works with. */
export interface Job {
  readonly options: GenerateOptions;
  /** Entities of the log. */
  readonly entities: number;
  readonly previous: PreviousVersion;
  /** Interactions are new after this moment; undefined where all entities are generated. */
  readonly since: number | undefined;
  /** How far an earlier job came, or the beginning. */
  readonly start: GenerationMarker;
  readonly deadLetters: DeadLetters;
  /** Undefined in a rehearsal. */
  readonly writer: VersionWriter | undefined;
}

/**
 * Generates everything that is left, block by block: while one is adapted, the vectors of the one before are
 * written.
 *
 * @throws LIMAML_ERR_SERVING_GENERATION_ABORTED
 */
export async function runJob(job: Job): Promise<EmbeddingTally> {
  const { bundle, onProgress, signal } = job.options;
  const adapter = createBlockAdapter(bundle);
  const tally = createTally(bundle.manifest.embedding.dim, job.start.tally);
  let { done } = job.start;
  const onBatch = (tasks: number): void => {
    if (signal?.aborted) throw generationAborted(done, job.entities);
    done += tasks;
    onProgress?.({ done, total: job.entities });
  };
  let [writing, written] = [Promise.resolve(), job.start.done];
  try {
    for await (const block of openBlocks(job.options, job.options, written)) {
      const adapted = await adaptBlock(job, adapter, block, onBatch);
      await writing;
      written += block.end - block.start;
      writing = writeBlock(job, tally, adapted, written);
      // A failure is thrown when the next block is ready, or at the end.
      writing.catch(() => undefined);
    }
  } catch (error) {
    await Promise.allSettled([writing]);
    // The signal may have stopped the reading of a part.
    throw signal?.aborted ? generationAborted(done, job.entities) : error;
  }
  await writing;
  return tally;
}

async function adaptBlock(
  { options, previous, since }: Job,
  adapter: BlockAdapter,
  block: TaskBlock,
  onBatch: (tasks: number) => void,
): Promise<TalliedBlock> {
  const { bundle, store } = options;
  const { dim } = bundle.manifest.embedding;
  const ids = block.encoded.tasks.taskIds.slice(block.start, block.end);
  const before = await readPrevious(store, previous, ids);
  const newest = newestRows(block);
  const sizes = supportSizes(bundle, block);
  const carriedOver = (row: number): boolean =>
    since !== undefined && before(row) !== undefined && !(newest[row]! > since);
  const { vectors, failures } = await adapter.adapt(
    block,
    sizes,
    (row) => !carriedOver(row),
    onBatch,
  );
  const kept = [...ids.keys()].filter(carriedOver);
  for (const row of kept) vectors.set(before(row)!, row * dim);
  onBatch(kept.length);
  const moments = newest.filter((moment) => !Number.isNaN(moment));
  const through = moments.length > 0 ? moments.reduce((a, b) => Math.max(a, b)) : undefined;
  return { ids, vectors, failures, carriedOver, before, sizes, through };
}

/** Moments of the newest interaction of each task; NaN for one without any. */
function newestRows({ encoded, start, end }: TaskBlock): Float64Array {
  const { offsets, rows, timestamp } = encoded.tasks;
  return Float64Array.from({ length: end - start }, (_, row) => {
    const [first, last] = [offsets[start + row]!, offsets[start + row + 1]! - 1];
    return last < first ? NaN : timestamp[rows[last]!]!;
  });
}

/** @param written entities that are done with this block */
async function writeBlock(
  job: Job,
  tally: EmbeddingTally,
  block: TalliedBlock,
  written: number,
): Promise<void> {
  const { bundle } = job.options;
  const { entity, embedding } = bundle.manifest;
  const { good, bad } = tally.add(block);
  await job.deadLetters.append(
    bad.map((row) => {
      const { code, what } = reasonOf(block, entity, row);
      return letter(block, row, code, what);
    }),
  );
  if (!job.writer) return;
  const marker = (): string => markerOf(job, tally, written);
  const batch = selectRows(block, embedding.dim, good);
  const refused = await putBatch(job.writer, batch, embedding.dim, marker());
  if (refused.length === 0) return;
  tally.refuse(refused.map(({ id }) => id));
  await job.deadLetters.append(
    refused.map(({ id, code, reason }) => letter(block, block.ids.indexOf(id), code, reason)),
  );
  await job.writer.put([], new Float32Array(0), marker());
}

/** Why a row has no vector. */
function reasonOf({ failures, ids }: TalliedBlock, entity: string, row: number): LimamlError {
  return failures.has(row)
    ? adaptationFailed(entity, ids[row]!, failures.get(row))
    : embeddingNotFinite(entity, ids[row]!);
}

function letter(
  { ids, sizes }: TalliedBlock,
  row: number,
  code: string,
  reason: string,
): DeadLetter {
  return { entity: ids[row]!, code, reason, support: sizes[row]! };
}

function markerOf({ start, deadLetters }: Job, tally: EmbeddingTally, done: number): string {
  const marker: GenerationMarker = {
    job: start.job,
    done,
    deadLetters: deadLetters.bytes,
    tally: tally.state(),
  };
  return JSON.stringify(marker);
}
