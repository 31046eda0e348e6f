/** Meta embeddings of some entities, row i of `vectors` `[ids.length, D]` for `ids[i]`. */
export interface EmbeddingBatch {
  readonly ids: readonly string[];
  readonly vectors: Float32Array;
}

/** The vector of a row. */
export function rowOf(vectors: Float32Array, row: number, dim: number): Float32Array {
  return vectors.subarray(row * dim, (row + 1) * dim);
}

/** Some rows of a batch, in the order of their ids: a store writes neighbours faster. */
export function selectRows(
  { ids, vectors }: EmbeddingBatch,
  dim: number,
  rows: readonly number[],
): EmbeddingBatch {
  const sorted = [...rows].sort((left, right) => (ids[left]! < ids[right]! ? -1 : 1));
  const selected = new Float32Array(sorted.length * dim);
  sorted.forEach((row, at) => {
    selected.set(rowOf(vectors, row, dim), at * dim);
  });
  return { ids: sorted.map((row) => ids[row]!), vectors: selected };
}

/** Euclidean norm. */
export function normOf(vector: Float32Array): number {
  let squares = 0;
  for (const value of vector) squares += value ** 2;
  return Math.sqrt(squares);
}
