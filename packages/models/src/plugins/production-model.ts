import { defineModel, type ModelPlugin } from '@limaml/plugin';
import { buildModel } from '../build-model.js';
import { readOptions } from '../options.js';

/**
 * The production-style baseline: one network for everybody over the entity's profile; train it with
 * `innerSteps: 0`, so that nothing adapts.
 *
 * ```text
 * entity features [T, P] ── MLP ── e [T, 1 + M] ─┐
 * row features [T, B, …] ────────────────────────┴─ global block ── logit [T, B]
 * ```
 *
 * Parameters: those of `entityBlock` and of the global block. Defaults: `DEFAULT_MODEL_OPTIONS`, without `meta`.
 *
 * @throws LIMAML_ERR_MODELS_OPTION_UNKNOWN, LIMAML_ERR_MODELS_OPTION_INVALID,
 *   LIMAML_ERR_MODELS_OPTION_UNUSED, LIMAML_ERR_MODELS_FEATURE_MISSING
 * @see Wang et al. 2024 (LiMAML), abstract: each application's production model as a baseline
 * @example
 * ```ts
 * const model = productionModel().create(schema, { global: 'dlrm' });
 * ```
 */
export function productionModel(): ModelPlugin {
  return defineModel({
    name: 'production',
    create(schema, options) {
      const read = readOptions('production', options, { fixed: { meta: 'entity' } });
      return buildModel('production', schema, read);
    },
  });
}
