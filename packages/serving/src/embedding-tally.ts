import type { EmbeddingBatch } from './embedding-batch.js';

/** What came of the embeddings of a generation. */
export interface EmbeddingCounts {
  /** Those that are not finite. */
  readonly failed: { readonly count: number; readonly examples: readonly string[] };
  /** Euclidean norms of the others. */
  readonly norms: { readonly min: number; readonly mean: number; readonly max: number };
}

/** Counts embeddings, and separates those that can be stored from those that cannot. */
export interface EmbeddingTally {
  /** @returns the finite ones, in the order of their ids: a store writes neighbours faster */
  add(batch: EmbeddingBatch): EmbeddingBatch;
  stored(): number;
  counts(): EmbeddingCounts;
}

/** Failed ids that a report names. */
const MAX_EXAMPLES = 20;

/** @param dim D, numbers of an embedding */
export function createTally(dim: number): EmbeddingTally {
  const examples: string[] = [];
  let [stored, failed, min, sum, max] = [0, 0, Infinity, 0, 0];
  const keep = ({ ids, vectors }: EmbeddingBatch, row: number): boolean => {
    const norm = normOf(vectors, row * dim, dim);
    if (!Number.isFinite(norm)) {
      failed++;
      if (examples.length < MAX_EXAMPLES) examples.push(ids[row]!);
      return false;
    }
    [stored, sum, min, max] = [stored + 1, sum + norm, Math.min(min, norm), Math.max(max, norm)];
    return true;
  };
  return {
    add(batch) {
      const rows = [...batch.ids.keys()].filter((row) => keep(batch, row));
      return selectRows(batch, dim, rows.sort(byId(batch.ids)));
    },
    stored: () => stored,
    counts: () => ({
      failed: { count: failed, examples },
      norms: { min, mean: sum / stored, max },
    }),
  };
}

function normOf(vectors: Float32Array, start: number, dim: number): number {
  let squares = 0;
  for (let at = start; at < start + dim; at++) squares += vectors[at]! ** 2;
  return Math.sqrt(squares);
}

function byId(ids: readonly string[]): (left: number, right: number) => number {
  return (left, right) => (ids[left]! < ids[right]! ? -1 : 1);
}

function selectRows(
  { ids, vectors }: EmbeddingBatch,
  dim: number,
  rows: readonly number[],
): EmbeddingBatch {
  const selected = new Float32Array(rows.length * dim);
  rows.forEach((row, at) => {
    selected.set(vectors.subarray(row * dim, (row + 1) * dim), at * dim);
  });
  return { ids: rows.map((row) => ids[row]!), vectors: selected };
}
