import { type Layer, mlp } from '@limaml/core';
import { profileOf, rowFeatures } from './owned-features.js';
import { type BlockParts, tableSettings } from '../block-parts.js';
import { featureMissing } from '../errors.js';
import { type FeatureEmbeddings, featureEmbeddings } from './feature-embeddings.js';
import { type PackedLayers, packedLayers } from './packed-layers.js';

/** MeLU's decision layers, and the content that goes into them. */
export interface DecisionLayers {
  /** The entity's content, `[T, P]`. */
  readonly profile: FeatureEmbeddings;
  /** The candidate's content, `[T, B, I]`. */
  readonly item: FeatureEmbeddings;
  /** `[T, B, P + I]` → `[T, B, 1]`. */
  readonly layers: Layer;
  readonly packed: PackedLayers;
}

/**
 * The decision layers of MeLU over the content of entity and candidate, without ids.
 *
 * ```text
 * [ entity content ; candidate content ] [T, B, P + I] ── MLP P + I → tower → 1 ── [T, B, 1]
 * ```
 *
 * `Σ (wᵢ + 1) wᵢ₊₁` parameters with w₀ = P + I.
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when candidates have no features but ids
 * @see Lee et al. 2019 (MeLU), eq. (2)
 * @example
 * ```ts
 * const { packed } = decisionLayers(parts);
 * packed.size; // numbers per entity
 * ```
 */
export function decisionLayers(parts: BlockParts): DecisionLayers {
  const profile = profileOf(parts);
  const features = rowFeatures(parts.schema);
  if (features.length === 0) {
    const names = parts.schema.features.map(({ name }) => name);
    throw featureMissing(parts.model, 'a row feature that is not an id', names);
  }
  const item = featureEmbeddings(features, ['T', 'B'], tableSettings(parts, 'global'));
  const layers = mlp({ widths: [profile.width + item.width, ...parts.options.tower, 1] });
  return { profile, item, layers, packed: packedLayers(layers.params) };
}
