import {
  branch,
  dense,
  type FeatureTensors,
  leaf,
  type Model,
  type ParamSpec,
  type Tree,
} from '@limaml/core';
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
import type { ModelOptions } from '../options.js';
import { type CandidateVector, isCandidateVector } from './candidate-vector.js';
import { crossTower } from './cross-tower.js';
import { featureEmbeddings } from './feature-embeddings.js';

/** A global block g: meta embedding and row features to logits. */
export type GlobalBlock = Pick<Model, 'tables' | 'noise' | 'score'> & {
  readonly inputs: Model['inputs']['rows'];
  readonly params: Tree<ParamSpec>;
};

/**
 * The global block that all models of this package share, over the meta embedding e = [ bias ; u ], the
 * candidate's vector v and the row's features x:
 *
 * ```text
 * logit = bias + ⟨u, v⟩ + w_rate · rate + ⟨w, x⟩ + c + tower([ u ; v ; u ⊙ v ; x ])      [T, B]
 * ```
 */
export function globalBlock(
  schema: FeatureSchema,
  options: ModelOptions,
  candidate: CandidateVector,
): GlobalBlock {
  const { featureDim: dim, wholeTableLimit, tower } = options;
  const settings = { dim, wholeTableLimit, prefix: 'global' };
  const rows = featureEmbeddings(globalFeatures(schema), ['T', 'B'], settings);
  const linear = linearScore(schema, rows.width);
  const deep = crossTower({ ...options, width: rows.width + 3 * candidate.width });
  const isDeep = tower.length > 0;
  return {
    inputs: { ...candidate.inputs, ...rows.inputs },
    tables: rows.tables,
    noise: isDeep ? deep.noise : {},
    params: isDeep ? { ...linear.params, tower: deep.params } : linear.params,
    score(params, { embedding, rows: features, tables, noise }) {
      const v = candidate.apply(features, tables);
      const x = rows.apply(features, tables);
      const { bias, match, u } = matchEmbedding(embedding, v);
      const logit = linear.apply(params, add(match, bias), features, x);
      if (!isDeep) return logit;
      const z = concat([u, v, mul(u, v), ...(x ? [x] : [])], -1);
      return add(logit, deep.apply(branch(params, 'tower'), z, noise));
    },
  };
}

/** Row features but the candidate's vector, which has a part of its own. */
function globalFeatures({ features }: FeatureSchema): EncodedFeature[] {
  return features.filter((feature) => feature.owner === 'row' && !isCandidateVector(feature));
}

/** What the row's features add to a logit by themselves: `w_rate · rate + ⟨w, x⟩ + c`. */
interface LinearScore {
  readonly params: Readonly<Record<string, ParamSpec | Tree<ParamSpec>>>;
  apply(params: Tree<Tensor>, logit: Tensor, features: FeatureTensors, x?: Tensor): Tensor;
}

function linearScore({ features }: FeatureSchema, width: number): LinearScore {
  const rate = features.find(({ role }) => role === 'candidate-rate');
  const linear = dense({ inputs: width, outputs: 1, init: { kind: 'zeros' } });
  const slope: ParamSpec = { shape: [1], init: { kind: 'constant', value: 1 } };
  return {
    params: {
      ...(width > 0 && { linear: linear.params }),
      ...(rate && { rate: slope }),
    },
    apply(params, logit, rows, x) {
      const plain = x ? add(logit, squeeze(linear.apply(branch(params, 'linear'), x), -1)) : logit;
      return rate ? add(plain, squeeze(mul(rows[rate.name]!, leaf(params, 'rate')), -1)) : plain;
    },
  };
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
