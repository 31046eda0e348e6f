import { branch, dense, leaf, type Model, type ParamSpec, type Tree } from '@limaml/core';
import {
  add,
  broadcastTo,
  concat,
  expandDims,
  mul,
  slice,
  squeeze,
  sum,
  type Tensor,
} from '@limaml/graph';
import type { EncodedFeature, FeatureSchema } from '@limaml/plugin';
import type { ModelOptions } from './options.js';
import {
  type CandidateVector,
  candidateVector,
  isCandidateVector,
} from './parts/candidate-vector.js';
import { crossTower } from './parts/cross-tower.js';
import { featureEmbeddings } from './parts/feature-embeddings.js';
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

type GlobalBlock = Pick<Model, 'tables' | 'noise' | 'score'> & {
  readonly inputs: Model['inputs']['rows'];
  readonly params: Tree<ParamSpec>;
};

function globalBlock(
  schema: FeatureSchema,
  options: ModelOptions,
  candidate: CandidateVector,
): GlobalBlock {
  const { featureDim: dim, wholeTableLimit, tower } = options;
  const rate = schema.features.find(({ role }) => role === 'candidate-rate');
  const settings = { dim, wholeTableLimit, prefix: 'global' };
  const rows = featureEmbeddings(globalFeatures(schema), ['T', 'B'], settings);
  const width = rows.width + 3 * candidate.width;
  const deep = crossTower({ ...options, width });
  const linear = dense({ inputs: rows.width, outputs: 1, init: { kind: 'zeros' } });
  return {
    inputs: { ...candidate.inputs, ...rows.inputs },
    tables: rows.tables,
    noise: tower.length > 0 ? deep.noise : {},
    params: {
      linear: linear.params,
      ...(rate ? { rate: { shape: [1], init: { kind: 'constant', value: 1 } } } : {}),
      ...(tower.length > 0 ? { tower: deep.params } : {}),
    },
    score(params, { embedding, rows: features, tables, noise }) {
      const v = candidate.apply(features, tables);
      const x = rows.apply(features, tables)!;
      const { bias, match, u } = matchEmbedding(embedding, v);
      const plain = add(add(match, bias), squeeze(linear.apply(branch(params, 'linear'), x), -1));
      const rated = rate
        ? add(plain, squeeze(mul(features[rate.name]!, leaf(params, 'rate')), -1))
        : plain;
      if (tower.length === 0) return rated;
      const z = concat([u, v, mul(u, v), x], -1);
      return add(rated, deep.apply(branch(params, 'tower'), z, noise));
    },
  };
}

/** Row features but the candidate's vector, which has a part of its own. */
function globalFeatures({ features }: FeatureSchema): EncodedFeature[] {
  return features.filter((feature) => feature.owner === 'row' && !isCandidateVector(feature));
}

/** Splits e into its bias and u, repeats u over the rows, and takes the product ⟨u, v⟩. */
function matchEmbedding(
  embedding: Tensor,
  v: Tensor,
): { readonly bias: Tensor; readonly match: Tensor; readonly u: Tensor } {
  const bias = slice(embedding, 1, 0, 1);
  const vector = expandDims(slice(embedding, 1, 1, embedding.shape[1]!), 1);
  const u = broadcastTo(vector, v.shape);
  return { bias, match: sum(mul(vector, v), { axes: [-1] }), u };
}
