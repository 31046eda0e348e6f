import { branch } from '@limaml/core';
import { add, concat } from '@limaml/graph';
import { rowFeatures } from '../parts/owned-features.js';
import type { BlockParts } from '../block-parts.js';
import { pairSum } from '../parts/pair-products.js';
import { stackFields } from '../parts/field-vectors.js';
import { rowScore } from '../parts/row-score.js';
import { splitEmbedding } from '../parts/split-embedding.js';
import { tower } from '../parts/tower.js';
import { globalBlock, type GlobalBlock, type GlobalBody, withScore } from './global-block.js';
import { rowFields } from '../parts/row-fields.js';

/**
 * The `deepfm` form: a factorisation machine and an MLP over the same fields. One of its products is ⟨u, v⟩.
 *
 * ```text
 * fields u, v, features: F × [T, B, M] ─┬─ Σ of products of pairs ────────────── [T, B] ─┐
 *                                       └─ [ f₁ ; … ; f_F ] ── MLP F M → tower → 1 ──────┤
 * bias + w_r · rate + ⟨w, features⟩ + c ─────────────────────────────────────────────────┴─ logit [T, B]
 * ```
 *
 * `Σ (wᵢ + 1) wᵢ₊₁ + (F − 2) M + 2 + M · (numbers)` parameters with w₀ = F M: `tower/…`, `linear/…`, `rate`,
 * `fields/features/…`.
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when a target's outcome is not in the schema
 * @see Guo et al. 2017 (DeepFM), eq. (1) to (4)
 * @example
 * ```ts
 * const block = deepFmBlock(parts);
 * const logits = block.score(params, { embedding, rows, tables });
 * ```
 */
export function deepFmBlock(parts: BlockParts): GlobalBlock {
  return globalBlock(parts, deepFmBody(parts));
}

function deepFmBody(parts: BlockParts): GlobalBody {
  const { schema, options, candidate } = parts;
  const fields = rowFields(parts, rowFeatures(schema), candidate.width);
  const own = rowScore(schema, (fields.count - 2) * candidate.width);
  const deep = tower({ ...options, width: fields.count * candidate.width });
  return {
    ...{ rows: fields.rows, tables: fields.tables, noise: deep.noise },
    hiddenWidth: deep.hiddenWidth + 1,
    params: { ...own.params, fields: fields.params, tower: deep.params },
    apply(params, input) {
      const all = fields.apply(branch(params, 'fields'), input);
      const features = all.length > 2 ? concat(all.slice(2), -1) : undefined;
      const pairs = add(pairSum(stackFields(all)), splitEmbedding(input.embedding).bias);
      const linear = own.apply(params, pairs, input.rows, features);
      const output = deep.apply(branch(params, 'tower'), concat(all, -1), input.noise);
      return withScore(linear, output);
    },
  };
}
