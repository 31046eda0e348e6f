/** Meta embeddings of some entities, row i of `vectors` `[ids.length, D]` for `ids[i]`. */
export interface EmbeddingBatch {
  readonly ids: readonly string[];
  readonly vectors: Float32Array;
}
