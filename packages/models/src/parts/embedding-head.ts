import { alignTasks, branch, dense, leaf, mlp, type ParamSpec, type Tree } from '@limaml/core';
import { add, type Tensor } from '@limaml/graph';

/** Options of {@link embeddingHead}. */
export interface EmbeddingHeadOptions {
  /** Width X of what is known of an entity. */
  readonly inputs: number;
  /** Width H of the hidden layer. */
  readonly hidden: number;
  /** Width D of the meta embedding. */
  readonly dim: number;
}

/** The last layers of a meta block. */
export interface EmbeddingHead {
  readonly params: Readonly<Record<string, ParamSpec | Tree<ParamSpec>>>;
  /** Beginnings of the names of the layers that give the embedding. */
  readonly head: readonly string[];
  /** `[T, X]` → `[T, D]`. */
  apply(params: Tree<Tensor>, x: Tensor): Tensor;
}

/**
 * From what is known of an entity to its meta embedding: an MLP, a linear way past it, and the offset.
 *
 * ```text
 * x [T, X] ─┬─ MLP X → H → D ─┐
 *           └─ dense X → D ───┴─(+ offset [D])── e [T, D]
 * ```
 *
 * `(X + 1) H + (H + 1) D + X D + D` parameters: `tower/…`, `skip/kernel`, `offset`. All may carry a leading T.
 *
 * @see He et al. 2016 for the way past the layers
 * @example
 * ```ts
 * const head = embeddingHead({ inputs: 80, hidden: 64, dim: 17 });
 * const e = head.apply(params, x);
 * ```
 */
export function embeddingHead({ inputs, hidden, dim }: EmbeddingHeadOptions): EmbeddingHead {
  const tower = mlp({ widths: [inputs, hidden, dim] });
  const skip = dense({ inputs, outputs: dim, bias: false });
  const offset: ParamSpec = { shape: [dim], init: { kind: 'zeros' } };
  return {
    params: { tower: tower.params, skip: skip.params, offset },
    head: ['offset', 'skip', 'tower/layers/1'],
    apply(params, x) {
      const deep = tower.apply(branch(params, 'tower'), x);
      const linear = skip.apply(branch(params, 'skip'), x);
      return add(add(deep, linear), alignTasks(leaf(params, 'offset'), 1, 2));
    },
  };
}
