import { defineModel, type ModelPlugin } from '@limaml/plugin';
import { buildModel } from '../build-model.js';
import { readOptions } from '../options.js';

/**
 * Wide & deep with entity ID embeddings, the strong personalised baseline of the LiMAML paper: a learned
 * vector per entity instead of an adapted one. Train it with `innerSteps: 0`; to fine-tune the ids, train it
 * so and adapt `meta/offset` afterwards.
 *
 * ```text
 * entity id [T] ── table [U, 1 + M] ── e [T, 1 + M] ─┐
 * row features [T, B, …] ────────────────────────────┴─ global block ── logit [T, B]
 * ```
 *
 * Parameters: `1 + M`, those of the global block, and `1 + M` per entity. Defaults: `DEFAULT_MODEL_OPTIONS`,
 * without `meta`.
 *
 * @throws LIMAML_ERR_MODELS_OPTION_UNKNOWN, LIMAML_ERR_MODELS_OPTION_INVALID,
 *   LIMAML_ERR_MODELS_OPTION_UNUSED, LIMAML_ERR_MODELS_FEATURE_MISSING
 * @see Cheng et al. 2016, "Wide & Deep Learning for Recommender Systems", section 3
 * @example
 * ```ts
 * const model = wideAndDeepModel().create(schema, { global: 'wide-and-deep' });
 * ```
 */
export function wideAndDeepModel(): ModelPlugin {
  return defineModel({
    name: 'wide-and-deep',
    create(schema, options) {
      const read = readOptions('wide-and-deep', options, { fixed: { meta: 'id' } });
      return buildModel('wide-and-deep', schema, read);
    },
  });
}
