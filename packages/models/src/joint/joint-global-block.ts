import {
  branch,
  crossNetwork,
  dense,
  type FeatureTensors,
  leaf,
  mlp,
  type Model,
  type ParamSpec,
  type ScoreInput,
  type Tree,
} from '@limaml/core';
import { add, concat, mul, relu, slice, squeeze, sum, type Tensor } from '@limaml/graph';
import type { FeatureSchema } from '@limaml/plugin';
import type { ModelOptions } from '../options.js';
import { type CandidateVector, isCandidateVector } from '../parts/candidate-vector.js';
import { featureEmbeddings } from '../parts/feature-embeddings.js';
import { rowScore } from '../parts/row-score.js';
import { embeddingFeature } from './embedding-feature.js';

/** A global block over the meta embeddings of several entity types. */
export type JointGlobalBlock = Pick<Model, 'tables' | 'noise'> & {
  readonly inputs: Model['inputs']['rows'];
  readonly params: Tree<ParamSpec>;
  /** Logits `[T, B]` from the embeddings of every type, each `[T, 1, D]` or `[T, B, D]`. */
  score(
    params: Tree<Tensor>,
    embeddings: Readonly<Record<string, Tensor>>,
    input: Omit<ScoreInput, 'embedding'>,
  ): Tensor;
};

/** What a {@link jointGlobalBlock} is made from. */
export interface JointGlobalParts {
  /** Entity types, the primary one first. */
  readonly types: readonly string[];
  /** Row features, the same for every type. */
  readonly schema: FeatureSchema;
  readonly options: ModelOptions;
  readonly candidate: CandidateVector;
}

/**
 * The global block over one embedding e_t = gain_t ⊙ [ bias_t ; u_t ] for each entity type t; p is the primary
 * type, v the candidate's vector, x the row's features:
 *
 * ```text
 * logit = Σ_t bias_t + ⟨u_p, v⟩ + Σ_{t≠p} ⟨u_t, u_p⟩ + w_rate · rate + ⟨w, x⟩ + c
 *       + tower( cross([ v ; x ]) W + Σ_t (u_t W_t + (u_t ⊙ m_t) P_t) + b ),  m_p = v, else u_p    [T, B]
 * ```
 *
 * All that a type brings is under `global/in/<type>`: with zeros there the type changes no score.
 */
export function jointGlobalBlock(parts: JointGlobalParts): JointGlobalBlock {
  const { types, candidate, options } = parts;
  const rows = rowFeatures(parts);
  const linear = rowScore(parts.schema, rows.width);
  const tower = options.tower.length > 0 ? jointTower(parts, rows.width) : undefined;
  return {
    inputs: { ...candidate.inputs, ...rows.inputs },
    tables: rows.tables,
    noise: tower?.noise ?? {},
    params: {
      ...linear.params,
      in: Object.fromEntries(types.map((type) => [type, typeParams(parts, tower)])),
      ...tower?.params,
    },
    score(params, embeddings, { rows: features, tables, noise }) {
      const v = candidate.apply(features, tables);
      const x = rows.apply(features, tables);
      const sides = typeSides(types, branch(params, 'in'), embeddings, v);
      const logit = linear.apply(params, sides.map(sideScore).reduce(add), features, x);
      if (tower === undefined) return logit;
      return add(logit, tower.apply(params, concat(x ? [v, x] : [v], -1), sides, noise));
    },
  };
}

/** Row features but the candidate's vector and the embeddings of other types, which have parts of their own. */
function rowFeatures({ schema, options, types }: JointGlobalParts) {
  const embeddings = types.map((type) => embeddingFeature(type, 0).name);
  const features = schema.features.filter(
    (feature) =>
      feature.owner === 'row' && !isCandidateVector(feature) && !embeddings.includes(feature.name),
  );
  const { featureDim: dim, wholeTableLimit } = options;
  return featureEmbeddings(features, ['T', 'B'], { dim, wholeTableLimit, prefix: 'global' });
}

/** One entity type in the score of a row. */
interface TypeSide {
  readonly params: Tree<Tensor>;
  readonly bias: Tensor;
  readonly u: Tensor;
  /** u ⊙ what it is matched with. */
  readonly product: Tensor;
}

function typeSides(
  types: readonly string[],
  params: Tree<Tensor>,
  embeddings: Readonly<Record<string, Tensor>>,
  v: Tensor,
): TypeSide[] {
  const split = types.map((type) => {
    const own = branch(params, type);
    const e = mul(embeddings[type]!, leaf(own, 'gain'));
    const width = e.shape[2]!;
    return { params: own, bias: squeeze(slice(e, 2, 0, 1), -1), u: slice(e, 2, 1, width) };
  });
  const primary = split[0]!.u;
  return split.map((side, at) => ({ ...side, product: mul(side.u, at === 0 ? v : primary) }));
}

/** `bias + ⟨u, m⟩`, `[T, B]`. */
function sideScore({ bias, product }: TypeSide): Tensor {
  return add(sum(product, { axes: [-1] }), bias);
}

function typeParams(
  { candidate }: JointGlobalParts,
  tower: JointTower | undefined,
): Tree<ParamSpec> {
  const gain: ParamSpec = { shape: [candidate.width + 1], init: { kind: 'constant', value: 1 } };
  return { gain, ...tower?.typeParams };
}

/** A tower whose first layer takes every entity type through kernels of its own. */
interface JointTower {
  readonly params: Tree<ParamSpec>;
  readonly typeParams: Tree<ParamSpec>;
  readonly noise: Model['noise'];
  apply(
    params: Tree<Tensor>,
    base: Tensor,
    sides: readonly TypeSide[],
    noise?: FeatureTensors,
  ): Tensor;
}

function jointTower({ options, candidate }: JointGlobalParts, rowWidth: number): JointTower {
  const { crossDepth, tower, dropout } = options;
  const width = candidate.width + rowWidth;
  const [first, ...others] = tower as readonly [number, ...number[]];
  const cross = crossNetwork({ width, depth: crossDepth });
  const base = dense({ inputs: width, outputs: first });
  const deep = mlp({ widths: [first, ...others, 1] });
  const entry = dense({ inputs: candidate.width, outputs: first, bias: false });
  const names = dropout > 0 ? tower.map((_, layer) => `tower${layer}`) : [];
  return {
    params: {
      ...(crossDepth > 0 && { cross: cross.params }),
      ...{ base: base.params, deep: deep.params },
    },
    typeParams: { own: entry.params, product: entry.params },
    noise: Object.fromEntries(
      names.map((name, at) => [name, { width: tower[at]!, rate: dropout }]),
    ),
    apply(params, x, sides, noise) {
      const crossed = crossDepth > 0 ? cross.apply(branch(params, 'cross'), x) : x;
      const entries = sides.map((side) =>
        add(
          entry.apply(branch(side.params, 'product'), side.product),
          entry.apply(branch(side.params, 'own'), side.u),
        ),
      );
      const hidden = relu([base.apply(branch(params, 'base'), crossed), ...entries].reduce(add));
      const [mask, ...masks] = noise ? names.map((name) => noise[name]!) : [];
      const kept = mask ? mul(hidden, mask) : hidden;
      return squeeze(deep.apply(branch(params, 'deep'), kept, masks), -1);
    },
  };
}
