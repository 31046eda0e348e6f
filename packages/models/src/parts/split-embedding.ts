import { broadcastTo, expandDims, mul, slice, sum, type Tensor } from '@limaml/graph';

/** A meta embedding in its two parts. */
export interface SplitEmbedding {
  /** What the entity adds to every logit, `[T, 1]`. */
  readonly bias: Tensor;
  /** What it is matched with candidates by, `[T, M]`. */
  readonly u: Tensor;
}

/** Takes `e = [ bias ; u ]` apart, `[T, 1 + M]` → `[T, 1]`, `[T, M]`. */
export function splitEmbedding(embedding: Tensor): SplitEmbedding {
  return {
    bias: slice(embedding, 1, 0, 1),
    u: slice(embedding, 1, 1, embedding.shape[1]!),
  };
}

/** Repeats a vector of each task over rows: u `[T, M]`, like v `[T, B, …]` → `[T, B, M]`. */
export function overRows(u: Tensor, like: Tensor): Tensor {
  const [tasks, rows] = like.shape;
  return broadcastTo(expandDims(u, 1), [tasks!, rows!, u.shape[1]!]);
}

/** ⟨u, v⟩ of each row: u `[T, M]`, v `[T, B, M]` → `[T, B]`. */
export function matchRows(u: Tensor, v: Tensor): Tensor {
  return sum(mul(expandDims(u, 1), v), { axes: [-1] });
}
