import { mlp, type ParamSpec, rootSumPool, type Tree } from '@limaml/core';
import { broadcastTo, concat, expandDims, mul, type Tensor } from '@limaml/graph';

/** Rows, what they are asked, and which of them are real. */
export interface AttentionPoolingInput {
  /** k, `[T, S, H]`. */
  readonly rows: Tensor;
  /** q, `[T, H]`: in the place of DIN's candidate. */
  readonly query: Tensor;
  /** 1 for a real row, 0 for padding, `[T, S]`. */
  readonly mask: Tensor;
}

/** See {@link attentionPooling}. */
export interface AttentionPooling {
  readonly params: Tree<ParamSpec>;
  /** `[T, H]`. */
  apply(params: Tree<Tensor>, input: AttentionPoolingInput): Tensor;
}

/**
 * The attention of DIN without a candidate: a small network says how much each row counts, for a query that
 * belongs to the entity. As in DIN the shares are not normalised, so the intensity of an interest stays.
 *
 * $$y = \frac{\sum_s w_s\, a(k_s, q)\, k_s}{\sqrt{n + 1}}, \qquad a(k, q) = \text{MLP}([k ; k \odot q ; q])$$
 *
 * ```text
 * rows k [T, S, H] ─┬─ [ k ; k ⊙ q ; q ] [T, S, 3H] ── MLP 3H → H → 1 ── a [T, S, 1] ─┐
 * query q [T, H] ───┤                                                                 │
 *                   └──────────────────────────── k ⊙ a ── Σ over rows / √(n+1) ──────┴─ y [T, H]
 * ```
 *
 * `(3 H + 1) H + H + 1` parameters: `layers/<i>/…`. All may carry a leading T. No rows give zeros.
 *
 * @see Zhou et al. 2018 (DIN), eq. (3)
 * @example
 * ```ts
 * const pooling = attentionPooling(64);
 * const y = pooling.apply(params, { rows, query, mask });
 * ```
 */
export function attentionPooling(width: number): AttentionPooling {
  const unit = mlp({ widths: [3 * width, width, 1], activation: 'silu' });
  return {
    params: unit.params,
    apply(params, { rows, query, mask }) {
      const q = broadcastTo(expandDims(query, 1), rows.shape);
      const share = unit.apply(params, concat([rows, mul(rows, q), q], -1));
      return rootSumPool(mul(rows, share), mask);
    },
  };
}
