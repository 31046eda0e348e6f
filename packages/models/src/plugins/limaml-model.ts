import { defineModel, type ModelPlugin } from '@limaml/plugin';
import { buildModel, META_BLOCKS } from '../build-model.js';
import { buildJointModel } from '../joint/build-joint-model.js';
import { readOptions } from '../options.js';

/**
 * The LiMAML model: a meta block that the inner loop adapts, and a global block, of the forms that the options
 * name.
 *
 * ```text
 * entity features, support set ── meta block (`meta`) ── e [T, D] ─┐
 * row features [T, B, …] ──────────────────────────────────────────┴─ global block (`global`, `fusion`) ── logit [T, B]
 * ```
 *
 * `score = g([ e ; x ])`, `e = f(θ ; x_meta)`. Parameters: those of the two blocks. Defaults:
 * `DEFAULT_MODEL_OPTIONS`.
 *
 * @throws LIMAML_ERR_MODELS_OPTION_UNKNOWN, LIMAML_ERR_MODELS_OPTION_INVALID,
 *   LIMAML_ERR_MODELS_OPTION_UNUSED, LIMAML_ERR_MODELS_FEATURE_MISSING
 * @see Wang et al. 2024, "LiMAML: Personalization of Deep Recommender Models via Meta Learning", figure 1
 * @example
 * ```ts
 * const model = limamlModel().create(schema, { meta: 'transformer', global: 'dlrm', tower: [64, 32] });
 * ```
 */
export function limamlModel(): ModelPlugin {
  return defineModel({
    name: 'limaml',
    create: (schema, options) => buildModel('limaml', schema, readOptions('limaml', options)),
    createJoint: (joint, options) => buildJointModel('limaml', joint, options, META_BLOCKS),
  });
}
