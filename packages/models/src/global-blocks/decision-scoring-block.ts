import { concat, slice, squeeze, type Tensor } from '@limaml/graph';
import type { BlockParts } from '../block-parts.js';
import { decisionLayers } from '../parts/decision-layers.js';
import { overRows } from '../parts/split-embedding.js';
import { globalBlock, type GlobalBlock } from './global-block.js';

/**
 * The other half of MeLU: takes an entity's content and its layers from the meta embedding, and runs them.
 *
 * ```text
 * e [T, P + size] ─┬─ entity content [T, P] ── over rows ─┐
 *                  └─ layers of the entity ──────┐        │
 * row features [T, B, I] ── [ entity ; item ] [T, B, P + I] ── layers ── logit [T, B]
 * ```
 *
 * Without parameters but tables: everything else is in the meta embedding.
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when candidates have no features but ids
 * @see Lee et al. 2019 (MeLU), eq. (2)
 * @example
 * ```ts
 * const block = decisionScoringBlock(parts);
 * const logits = block.score({}, { embedding, rows, tables });
 * ```
 */
export function decisionScoringBlock(parts: BlockParts): GlobalBlock {
  const { profile, item, layers, packed } = decisionLayers(parts);
  return globalBlock(parts, {
    rows: item.inputs,
    ...{ tables: item.tables, noise: {}, params: {}, hiddenWidth: 1 },
    apply(_, { embedding, rows, tables }) {
      const content = item.apply(rows, tables)!;
      const weights = packed.unpack(slice(embedding, 1, profile.width, embedding.shape[1]!));
      const own = (): Tensor => overRows(slice(embedding, 1, 0, profile.width), content);
      const x = profile.width > 0 ? concat([own(), content], -1) : content;
      const hidden = layers.apply(weights, x);
      return { logit: squeeze(hidden, -1), hidden };
    },
  });
}
