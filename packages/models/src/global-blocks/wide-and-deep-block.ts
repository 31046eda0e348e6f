import type { BlockParts } from '../block-parts.js';
import { tower } from '../parts/tower.js';
import { globalBlock, type GlobalBlock } from './global-block.js';
import { vectorBody } from './vector-body.js';

/**
 * The `wide-and-deep` form: a linear part over the row's features and the product of meta embedding and
 * candidate (wide), and an MLP over all vectors (deep).
 *
 * ```text
 * [ u ; v ; x ] [T, B, Z] ── MLP Z → tower → 1 ──────┐
 * bias + ⟨u, v⟩ + w_r · rate + ⟨w, x⟩ + c ───────────┴─ logit [T, B]
 * ```
 *
 * `Σ (wᵢ + 1) wᵢ₊₁ + W + 2` parameters with Z = 2 M + W: `tower/…`, `linear/…`, `rate`. With the fusions `film`
 * and `gate` Z = M + W, and `fusion/…` comes on top.
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when a target's outcome is not in the schema
 * @see Cheng et al. 2016 (Wide & Deep), eq. (3)
 * @example
 * ```ts
 * const block = wideAndDeepBlock(parts);
 * const logits = block.score(params, { embedding, rows, tables });
 * ```
 */
export function wideAndDeepBlock(parts: BlockParts): GlobalBlock {
  const { tower: widths, dropout } = parts.options;
  const make = (width: number) => tower({ width, tower: widths, dropout });
  return globalBlock(parts, vectorBody(parts, { product: false, tower: make }));
}
