import { isLimamlError } from '@limaml/errors';
import type { VersionWriter } from '@limaml/plugin';
import { z } from 'zod';
import type { EmbeddingBatch } from './embedding-batch.js';
import type { TallyState } from './embedding-tally.js';

/** How far a generation is, kept with what it staged. */
export interface GenerationMarker {
  /** What is generated from what; a job with another one begins anew. */
  readonly job: string;
  /** Entities that are done. */
  readonly done: number;
  /** Length of the dead-letter file. */
  readonly deadLetters: number;
  readonly tally: TallyState;
}

const totals = z.object({ sum: z.number(), max: z.number() });
const count = z.int().nonnegative();
const markerSchema = z.object({
  job: z.string(),
  done: count,
  deadLetters: count,
  tally: z.object({
    ...{ stored: count, generated: count, carriedOver: count, onPrior: count },
    failed: z.object({ count, examples: z.array(z.string()) }),
    norms: z.object({ min: z.number(), sum: z.number(), max: z.number() }),
    through: z.number().nullable(),
    drift: z.object({
      ...{ entities: count, distance: totals, change: totals },
      histogram: z.array(count),
    }),
  }),
});

/** The marker of a job, where `text` is one. */
export function parseMarker(text: string | undefined, job: string): GenerationMarker | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed = markerSchema.safeParse(JSON.parse(text));
    return parsed.success && parsed.data.job === job ? parsed.data : undefined;
  } catch {
    // Another program's marker: there is nothing to go on from.
    return undefined;
  }
}

/** Codes of a store that refuses a vector, not the job. */
const OF_ONE_VECTOR = new Set(['LIMAML_ERR_STORE_ID_INVALID', 'LIMAML_ERR_STORE_VECTOR_RANGE']);

/** A vector that a store refused. */
export interface RefusedVector {
  readonly id: string;
  readonly code: string;
  readonly reason: string;
}

/**
 * Stages a batch. Where the store refuses a vector, it is halved until the vectors are found that cannot be
 * stored: one bad id must not cost everybody their embedding.
 *
 * @param marker kept if nothing was refused
 */
export async function putBatch(
  writer: VersionWriter,
  batch: EmbeddingBatch,
  dim: number,
  marker?: string,
): Promise<readonly RefusedVector[]> {
  try {
    await writer.put(batch.ids, batch.vectors, marker);
    return [];
  } catch (error) {
    if (!isLimamlError(error) || !OF_ONE_VECTOR.has(error.code)) throw error;
    if (batch.ids.length === 1)
      return [{ id: batch.ids[0]!, code: error.code, reason: error.what }];
  }
  const middle = batch.ids.length >> 1;
  const refused = [];
  for (const [start, end] of [
    [0, middle],
    [middle, batch.ids.length],
  ] as const) {
    const vectors = batch.vectors.subarray(start * dim, end * dim);
    refused.push(...(await putBatch(writer, { ids: batch.ids.slice(start, end), vectors }, dim)));
  }
  return refused;
}
