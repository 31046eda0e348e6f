import type { Model } from '@limaml/core';
import type { FeatureSchema } from '@limaml/plugin';
import type { ModelOptions } from './options.js';
import { candidateVector } from './parts/candidate-vector.js';
import { globalBlock } from './parts/global-block.js';
import type { BlockParts, MetaBlock } from './parts/meta-block.js';

/**
 * Puts a meta block before the global block that all models of this package share:
 *
 * ```text
 * e = [ bias ; u ] [T, 1 + M],  candidate vector v [T, B, M],  row features x [T, B, W]
 * logit = w_rate · rate + ⟨w, x⟩ + c + bias + ⟨u, v⟩ + tower([ u ; v ; u ⊙ v ; x ])      [T, B]
 * ```
 *
 * The tower is a cross network with an MLP on top (DCN-v2); without hidden widths it is left out.
 */
export function buildModel(
  name: string,
  schema: FeatureSchema,
  options: ModelOptions,
  makeBlock: (parts: BlockParts) => MetaBlock,
): Model {
  const candidate = candidateVector(name, schema, options);
  const dim = candidate.width + 1;
  const block = makeBlock({ schema, options, dim, candidate });
  const global = globalBlock(schema, options, candidate);
  return {
    name,
    embeddingDim: dim,
    inputs: {
      entity: block.inputs.entity,
      rows: { ...block.inputs.rows, ...global.inputs },
      outcomes: block.inputs.outcomes,
    },
    params: { meta: block.params, global: global.params },
    tables: { ...candidate.tables, ...block.tables, ...global.tables },
    noise: global.noise,
    metaEmbedding: (params, input) => block.apply(params, input),
    score: global.score,
  };
}
