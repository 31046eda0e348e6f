import { branch, dense } from '@limaml/core';
import { multiplyDims, reshape, squeeze, type Tensor } from '@limaml/graph';
import { rowFeatures } from '../parts/owned-features.js';
import type { BlockParts } from '../block-parts.js';
import { fieldAttention } from '../parts/field-attention.js';
import { stackFields } from '../parts/field-vectors.js';
import { rowScore } from '../parts/row-score.js';
import { splitEmbedding } from '../parts/split-embedding.js';
import { globalBlock, type GlobalBlock, type GlobalBody, withScore } from './global-block.js';
import { rowFields } from '../parts/row-fields.js';

/**
 * The `autoint` form: fields attend to each other, and a linear map reads what comes of them.
 *
 * ```text
 * fields u, v, features: [T, B, F, D] ── L × attention over F ── [T, B, F D] ── dense F D → 1 ─┐
 * bias + w_r · rate ───────────────────────────────────────────────────────────────────────────┴─ logit [T, B]
 * ```
 *
 * `5 L D² + F D + 2 + D · (numbers)` parameters, and `2 M D` where D is not M: `attention/…`, `output/…`,
 * `fields/…`, `rate`. D is M rounded up to a multiple of the heads; L is the option `attentionLayers`.
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when a target's outcome is not in the schema
 * @see Song et al. 2019 (AutoInt), eq. (5) to (9)
 * @example
 * ```ts
 * const block = autoIntBlock(parts);
 * const logits = block.score(params, { embedding, rows, tables });
 * ```
 */
export function autoIntBlock(parts: BlockParts): GlobalBlock {
  return globalBlock(parts, autoIntBody(parts));
}

function autoIntBody(parts: BlockParts): GlobalBody {
  const { schema, candidate } = parts;
  const { heads, attentionLayers: layers } = parts.options;
  const width = Math.ceil(candidate.width / heads) * heads;
  const fields = rowFields(parts, rowFeatures(schema), width);
  const own = rowScore(schema, 0);
  const attention = fieldAttention({ width, heads, layers });
  const hiddenWidth = fields.count * width;
  const output = dense({ inputs: hiddenWidth, outputs: 1 });
  return {
    ...{ rows: fields.rows, tables: fields.tables, noise: {}, hiddenWidth: hiddenWidth + 1 },
    params: {
      ...{ ...own.params, fields: fields.params },
      ...{ attention: attention.params, output: output.params },
    },
    apply(params, input) {
      const start = stackFields(fields.apply(branch(params, 'fields'), input));
      const hidden = joinFields(attention.apply(branch(params, 'attention'), start));
      const logit = squeeze(output.apply(branch(params, 'output'), hidden), -1);
      const { bias } = splitEmbedding(input.embedding);
      return withScore(own.apply(params, bias, input.rows), { logit, hidden });
    },
  };
}

/** `[T, B, F, D]` → `[T, B, F·D]`. */
function joinFields(fields: Tensor): Tensor {
  const [tasks, rows, ...rest] = fields.shape;
  return reshape(fields, [tasks!, rows!, multiplyDims(rest)]);
}
