import { branch } from '@limaml/core';
import { add, expandDims } from '@limaml/graph';
import type { BlockParts } from '../block-parts.js';
import { candidateBias } from '../parts/candidate-bias.js';
import { matchRows, splitEmbedding } from '../parts/split-embedding.js';
import { globalBlock, type GlobalBlock } from './global-block.js';

/**
 * Matrix factorisation: the product of two vectors and two biases, nothing else.
 *
 * ```text
 * e = [ bias ; u ] [T, 1 + M] ─┐
 * v [T, B, M], b_c [T, B] ─────┴─ bias + b_c + ⟨u, v⟩ ── logit [T, B]
 * ```
 *
 * 1 parameter, `bias/rate`, where the schema has a candidate's rate; else none and a table of biases.
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when a target's outcome is not in the schema
 * @see Koren, Bell & Volinsky 2009, eq. (4)
 * @example
 * ```ts
 * const block = matchingBlock(parts);
 * const logits = block.score(params, { embedding, rows, tables });
 * ```
 */
export function matchingBlock(parts: BlockParts): GlobalBlock {
  const { model, schema, options, candidate } = parts;
  const own = candidateBias(model, schema, options.wholeTableLimit);
  return globalBlock(parts, {
    rows: { ...candidate.inputs, ...own.inputs },
    ...{
      tables: { ...candidate.tables, ...own.tables },
      noise: {},
      hiddenWidth: 1,
      params: { bias: own.params },
    },
    apply(params, { embedding, rows, tables }) {
      const { bias, u } = splitEmbedding(embedding);
      const match = add(matchRows(u, candidate.apply(rows, tables)), bias);
      const logit = add(match, own.apply(branch(params, 'bias'), rows, tables));
      return { logit, hidden: expandDims(logit, -1) };
    },
  });
}
