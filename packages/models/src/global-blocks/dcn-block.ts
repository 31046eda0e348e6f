import type { BlockParts } from '../block-parts.js';
import { crossTower } from '../parts/cross-tower.js';
import { globalBlock, type GlobalBlock } from './global-block.js';
import { vectorBody } from './vector-body.js';

/**
 * The `dcn` form: DCN-v2 over the meta embedding, the candidate and their product, beside a linear part.
 *
 * ```text
 * e = [ bias ; u ] [T, 1 + M], candidate vector v [T, B, M], row features x [T, B, W]
 * [ u ; v ; u ⊙ v ; x ] [T, B, Z] ── cross network ── MLP Z → tower → 1 ─┐
 * bias + ⟨u, v⟩ + w_r · rate + ⟨w, x⟩ + c ───────────────────────────────┴─ logit [T, B]
 * ```
 *
 * `L (Z² + Z) + Σ (wᵢ + 1) wᵢ₊₁ + W + 2` parameters with Z = 3 M + W: `tower/cross/…`, `tower/deep/…`,
 * `linear/…`, `rate`. With the fusions `film` and `gate` Z = 2 M + W, and `fusion/…` comes on top. Without
 * hidden widths only the linear part is left.
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when a target's outcome is not in the schema
 * @see Wang et al. 2021 (DCN V2), eq. (1) and figure 1a
 * @example
 * ```ts
 * const block = dcnBlock(parts);
 * const logits = block.score(params, { embedding, rows, tables });
 * ```
 */
export function dcnBlock(parts: BlockParts): GlobalBlock {
  const { tower, dropout, crossDepth } = parts.options;
  const make = (width: number) => crossTower({ width, tower, dropout, crossDepth });
  return globalBlock(parts, vectorBody(parts, { product: true, tower: make }));
}

/**
 * The `dcn-low-rank` form: {@link dcnBlock} with the matrices of the cross network as products of thin ones.
 *
 * ```text
 * [ u ; v ; u ⊙ v ; x ] [T, B, Z] ── L × cross Z → r → Z ── MLP Z → tower → 1 ─┐
 * bias + ⟨u, v⟩ + w_r · rate + ⟨w, x⟩ + c ─────────────────────────────────────┴─ logit [T, B]
 * ```
 *
 * `L (2 Z r + Z)` parameters in the place of `L (Z² + Z)`. r is the option `crossRank`.
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when a target's outcome is not in the schema
 * @see Wang et al. 2021 (DCN V2), eq. (2)
 * @example
 * ```ts
 * const block = lowRankDcnBlock(parts);
 * ```
 */
export function lowRankDcnBlock(parts: BlockParts): GlobalBlock {
  const { tower, dropout, crossDepth, crossRank } = parts.options;
  const make = (width: number) => crossTower({ width, tower, dropout, crossDepth, crossRank });
  return globalBlock(parts, vectorBody(parts, { product: true, tower: make }));
}
