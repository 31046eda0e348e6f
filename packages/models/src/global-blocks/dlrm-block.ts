import { branch, mlp, type ScoreInput, type Tree } from '@limaml/core';
import { concat, type Tensor } from '@limaml/graph';
import type { EncodedFeature } from '@limaml/plugin';
import { rowFeatures } from '../parts/owned-features.js';
import { type BlockParts, tableSettings } from '../block-parts.js';
import { featureEmbeddings } from '../parts/feature-embeddings.js';
import { stackFields } from '../parts/field-vectors.js';
import { pairProducts } from '../parts/pair-products.js';
import { rowScore } from '../parts/row-score.js';
import { splitEmbedding } from '../parts/split-embedding.js';
import { tower } from '../parts/tower.js';
import { globalBlock, type GlobalBlock, type GlobalBody, withScore } from './global-block.js';
import { rowFields } from '../parts/row-fields.js';

/**
 * The `dlrm` form: products of all pairs of fields, and an MLP over them. Numbers make one field together, by
 * an MLP of their own.
 *
 * ```text
 * numbers [T, B, N] ── MLP N → M → M ─ relu ─ field b ─┐
 * fields u, v, ids: [T, B, M] each ────────────────────┴─ F fields ── products of pairs [T, B, F (F − 1) / 2] ─┐
 *                                                         [ b ; products ] ── MLP → tower → 1 ─────────────────┤
 * bias + w_r · rate ───────────────────────────────────────────────────────────────────────────────────────────┴─ logit [T, B]
 * ```
 *
 * `(N + 1) M + (M + 1) M + Σ (wᵢ + 1) wᵢ₊₁ + 1` parameters with w₀ = M + F (F − 1) / 2: `bottom/…`, `tower/…`,
 * `rate`; without numbers there is no b.
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when a target's outcome is not in the schema
 * @see Naumov et al. 2019 (DLRM), section 2.2
 * @example
 * ```ts
 * const block = dlrmBlock(parts);
 * const logits = block.score(params, { embedding, rows, tables });
 * ```
 */
export function dlrmBlock(parts: BlockParts): GlobalBlock {
  return globalBlock(parts, dlrmBody(parts));
}

function dlrmBody(parts: BlockParts): GlobalBody {
  const { schema, options, candidate } = parts;
  const fields = rowFields(parts, rowFeatures(schema).filter(isIds), candidate.width);
  const numbers = bottomField(parts);
  const own = rowScore(schema, 0);
  const count = fields.count + (numbers ? 1 : 0);
  const width = (count * (count - 1)) / 2 + (numbers ? candidate.width : 0);
  const top = tower({ ...options, width });
  return {
    rows: { ...fields.rows, ...numbers?.inputs },
    ...{ tables: fields.tables, noise: top.noise, hiddenWidth: top.hiddenWidth + 1 },
    params: {
      ...{ ...own.params, fields: fields.params, tower: top.params },
      ...(numbers && { bottom: numbers.params }),
    },
    apply(params, input) {
      const b = numbers ? [numbers.apply(branch(params, 'bottom'), input)] : [];
      const others = fields.apply(branch(params, 'fields'), input);
      const pairs = pairProducts(stackFields([...b, ...others]));
      const output = top.apply(branch(params, 'tower'), concat([...b, pairs], -1), input.noise);
      const { bias } = splitEmbedding(input.embedding);
      return withScore(own.apply(params, bias, input.rows), output);
    },
  };
}

const isIds = ({ kind }: EncodedFeature): boolean => kind !== 'dense';

/** The numbers of a row as one field, `[T, B, M]`; none where the row has no numbers. */
function bottomField(parts: BlockParts) {
  const numbers = rowFeatures(parts.schema).filter((feature) => !isIds(feature));
  if (numbers.length === 0) return undefined;
  const x = featureEmbeddings(numbers, ['T', 'B'], tableSettings(parts, 'global'));
  const { width } = parts.candidate;
  const bottom = mlp({ widths: [x.width, width, width], outputActivation: 'relu' });
  return {
    inputs: x.inputs,
    params: bottom.params,
    apply: (params: Tree<Tensor>, { rows, tables }: ScoreInput): Tensor =>
      bottom.apply(params, x.apply(rows, tables)!),
  };
}
