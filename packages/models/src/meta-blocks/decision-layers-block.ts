import { concat } from '@limaml/graph';
import type { BlockParts } from '../block-parts.js';
import { decisionLayers } from '../parts/decision-layers.js';
import type { MetaBlock } from './meta-block.js';

/**
 * MeLU's locally adapted layers as a meta block: they *are* the meta embedding, beside the entity's content.
 *
 * ```text
 * entity features [T, P] ───────────────────────┐
 * decision layers, adapted ── packed [T, size] ─┴─ e [T, P + size]
 * ```
 *
 * `Σ (wᵢ + 1) wᵢ₊₁` = size parameters with w₀ = P + I: `layers/<i>/…`.
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when candidates have no features but ids
 * @see Lee et al. 2019 (MeLU), algorithm 1
 * @example
 * ```ts
 * const block = decisionLayersBlock(parts);
 * const e = block.apply(params, input);
 * ```
 */
export function decisionLayersBlock(parts: BlockParts): MetaBlock {
  const { profile, layers, packed } = decisionLayers(parts);
  return {
    params: layers.params,
    head: [`layers/${parts.options.tower.length}`],
    tables: profile.tables,
    inputs: { entity: profile.inputs, rows: {}, outcomes: {} },
    apply(params, { entity, support, tables }) {
      const weights = packed.pack(params, support.mask.shape[0]!);
      const own = profile.apply(entity, tables);
      return own ? concat([own, weights], -1) : weights;
    },
  };
}
