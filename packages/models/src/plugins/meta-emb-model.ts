import { defineModel, type ModelPlugin } from '@limaml/plugin';
import { buildModel } from '../build-model.js';
import { generatorBlock } from '../meta-blocks/generator-block.js';
import { type OptionFrame, readOptions } from '../options.js';

const FRAME: OptionFrame = {
  takes: ['candidateDim', 'featureDim', 'tower', 'dropout', 'wholeTableLimit', 'targets'],
  fixed: { global: 'deepfm' },
};

/**
 * MetaEmb: an ID embedding generated from attributes, fine-tuned by gradient steps, in a DeepFM. Adapt
 * `meta/offset`. (The paper also trains on the loss before the step; here the loss is the algorithm's.)
 *
 * ```text
 * entity features [T, P] ── generator ──(+ offset)── e [T, 1 + M] ─┐
 * row features [T, B, …] ──────────────────────────────────────────┴─ DeepFM ── logit [T, B]
 * ```
 *
 * Parameters: those of `generatorBlock` and `deepFmBlock`. Options: `candidateDim`, `featureDim`, `tower`,
 * `dropout`, `wholeTableLimit`, `targets`, with the defaults of `DEFAULT_MODEL_OPTIONS`.
 *
 * @throws LIMAML_ERR_MODELS_OPTION_UNKNOWN, LIMAML_ERR_MODELS_OPTION_INVALID,
 *   LIMAML_ERR_MODELS_OPTION_UNUSED, LIMAML_ERR_MODELS_FEATURE_MISSING
 * @see Pan et al. 2019, "Warm Up Cold-start Advertisements", section 4 and algorithm 1
 * @example
 * ```ts
 * const model = metaEmbModel().create(schema, { tower: [32] });
 * ```
 */
export function metaEmbModel(): ModelPlugin {
  return defineModel({
    name: 'meta-emb',
    create: (schema, options) =>
      buildModel('meta-emb', schema, readOptions('meta-emb', options, FRAME), {
        meta: generatorBlock,
      }),
  });
}
