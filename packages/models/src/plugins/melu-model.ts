import { defineModel, type ModelPlugin } from '@limaml/plugin';
import { buildModel } from '../build-model.js';
import { decisionScoringBlock } from '../global-blocks/decision-scoring-block.js';
import { decisionLayersBlock } from '../meta-blocks/decision-layers-block.js';
import { type OptionFrame, readOptions } from '../options.js';
import { decisionLayers } from '../parts/decision-layers.js';

const FRAME: OptionFrame = {
  takes: ['featureDim', 'tower', 'wholeTableLimit', 'targets'],
  defaults: { tower: [64, 64] },
};

/**
 * MeLU: embeddings of content for everybody, decision layers adapted to each entity, no ids. What has to be
 * stored per entity are the adapted layers: some thousand numbers, where LiMAML keeps `1 + M`.
 *
 * ```text
 * entity features [T, P], decision layers, adapted ── e [T, P + size] ─┐
 * row features [T, B, I] ──────────────────────────────────────────────┴─ the entity's layers ── logit [T, B]
 * ```
 *
 * `size = Σ (wᵢ + 1) wᵢ₊₁` parameters with w₀ = P + I. Options and defaults: `tower` [64, 64], `featureDim` 8,
 * `targets` none, `wholeTableLimit` 4096.
 *
 * @throws LIMAML_ERR_MODELS_OPTION_UNKNOWN, LIMAML_ERR_MODELS_OPTION_INVALID,
 *   LIMAML_ERR_MODELS_OPTION_UNUSED, LIMAML_ERR_MODELS_FEATURE_MISSING
 * @see Lee et al. 2019, "MeLU: Meta-Learned User Preference Estimator for Cold-Start Recommendation", algorithm 1
 * @example
 * ```ts
 * const model = meLuModel().create(schema, { tower: [32] });
 * ```
 */
export function meLuModel(): ModelPlugin {
  return defineModel({
    name: 'melu',
    create: (schema, options) =>
      buildModel('melu', schema, readOptions('melu', options, FRAME), {
        meta: decisionLayersBlock,
        global: decisionScoringBlock,
        dim(parts) {
          const { profile, packed } = decisionLayers(parts);
          return profile.width + packed.size;
        },
      }),
  });
}
