import { defineModel, type ModelPlugin } from '@limaml/plugin';
import { buildModel } from '../build-model.js';
import { matchingBlock } from '../global-blocks/matching-block.js';
import { logisticBlock } from '../meta-blocks/logistic-block.js';
import { type OptionFrame, readOptions } from '../options.js';

const FRAME: OptionFrame = {
  takes: ['candidateDim', 'foldInSteps', 'wholeTableLimit', 'targets'],
  defaults: { foldInSteps: 3 },
};

/**
 * Logistic matrix factorisation with fold-in: a vector per candidate, and the entity's vector solved for from
 * its support set by Newton steps inside the program. With `foldInSteps: 0` the vector is the offset, for the
 * inner loop to move.
 *
 * ```text
 * support set ── Newton steps ── e = [ bias ; u ] [T, 1 + M] ─┐
 * v [T, B, M], b_c [T, B] ────────────────────────────────────┴─ bias + b_c + ⟨u, v⟩ ── logit [T, B]
 * ```
 *
 * At most `2 (1 + M) + 2` parameters and `1 + M` numbers per candidate. Options and defaults: `candidateDim` 16,
 * `foldInSteps` 3, `wholeTableLimit` 4096, `targets` none.
 *
 * @throws LIMAML_ERR_MODELS_OPTION_UNKNOWN, LIMAML_ERR_MODELS_OPTION_INVALID,
 *   LIMAML_ERR_MODELS_OPTION_UNUSED, LIMAML_ERR_MODELS_FEATURE_MISSING
 * @see Johnson 2014, "Logistic Matrix Factorization for Implicit Feedback Data", eq. (1)
 * @example
 * ```ts
 * const model = logisticMfModel().create(schema, { candidateDim: 32 });
 * ```
 */
export function logisticMfModel(): ModelPlugin {
  return defineModel({
    name: 'logistic-mf',
    create: (schema, options) =>
      buildModel('logistic-mf', schema, readOptions('logistic-mf', options, FRAME), {
        meta: logisticBlock,
        global: matchingBlock,
      }),
  });
}
