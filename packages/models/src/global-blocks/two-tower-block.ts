import { branch, dense, type FeatureTensors, type Layer, mlp, type Tree } from '@limaml/core';
import {
  add,
  broadcastTo,
  concat,
  type Dim,
  expandDims,
  mul,
  ones,
  sum,
  type Tensor,
  zeros,
} from '@limaml/graph';
import { rowFeatures } from '../parts/owned-features.js';
import { type BlockParts, tableSettings } from '../block-parts.js';
import { featureMissing } from '../errors.js';
import { type FeatureEmbeddings, featureEmbeddings } from '../parts/feature-embeddings.js';
import { rowScore } from '../parts/row-score.js';
import { splitEmbedding } from '../parts/split-embedding.js';
import { globalBlock, type GlobalBlock } from './global-block.js';

/** Vectors of members and candidates whose product is the logit. */
export interface Towers {
  /** Width of the vectors: `towerDim + 2`. */
  readonly width: number;
  /** Names of the row features that the member's tower reads. */
  readonly requestFeatures: readonly string[];
  /** e `[T, D]` → `[T, 1, width]`, or `[T, B, width]` where rows have request features. */
  member(
    params: Tree<Tensor>,
    embedding: Tensor,
    rows: FeatureTensors,
    tables: FeatureTensors,
  ): Tensor;
  /** `[T, B, width]`. */
  candidate(params: Tree<Tensor>, rows: FeatureTensors, tables: FeatureTensors): Tensor;
}

/** A global block that is two towers. */
export interface TwoTowerBlock extends GlobalBlock {
  readonly towers: Towers;
}

/**
 * The `two-tower` form, for retrieval: the score is a product of two vectors, so that the best of millions of
 * candidates are found without scoring each in a network.
 *
 * ```text
 * u [T, M], request features ── MLP + dense → towerDim ── [ m ; 1 ; bias ]       [T, 1 or B, towerDim + 2] ─┐
 * v [T, B, M], features x    ── MLP + dense → towerDim ── [ c/τ ; b_c ; 1 ]      [T, B, towerDim + 2] ──────┴─ ⟨·,·⟩ logit [T, B]
 * b_c = w_r · rate + ⟨w, x⟩ + c
 * ```
 *
 * What a candidate and an entity add by themselves is folded into the vectors: the product alone ranks.
 *
 * Per tower of input width I `Σ (wᵢ + 1) wᵢ₊₁ + I · towerDim` parameters (`member/…`, `candidate/…`), and
 * `W + 2` (`linear/…`, `rate`).
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when `requestFeatures` names one that is not a row feature
 * @see Covington et al. 2016, section 3; Yi et al. 2019, section 3, for τ
 * @example
 * ```ts
 * const { towers } = twoTowerBlock(parts);
 * const vectors = towers.candidate(params, rows, tables);
 * ```
 */
export function twoTowerBlock(parts: BlockParts): TwoTowerBlock {
  assertRequestFeatures(parts);
  const member = memberTower(parts);
  const candidate = candidateTower(parts);
  const towers: Towers = {
    width: parts.options.towerDim + 2,
    requestFeatures: parts.options.requestFeatures,
    member: (params, ...input) => member.apply(branch(params, 'member'), ...input),
    candidate: (params, rows, tables) => candidate.apply(branch(params, 'candidate'), rows, tables),
  };
  const block = globalBlock(parts, {
    rows: { ...candidate.rows, ...member.x.inputs },
    tables: { ...candidate.tables, ...member.x.tables },
    ...{ noise: {}, hiddenWidth: 0 },
    params: { member: member.params, candidate: candidate.params },
    apply(params, { embedding, rows, tables }) {
      const c = towers.candidate(params, rows, tables);
      const logit = sum(mul(towers.member(params, embedding, rows, tables), c), { axes: [-1] });
      return { logit, hidden: c };
    },
  });
  return { ...block, towers };
}

/** [ m ; 1 ; bias ]. */
function memberTower(parts: BlockParts) {
  const { candidate, options } = parts;
  const x = featuresOf(parts, (name) => options.requestFeatures.includes(name));
  const body = towerBody(parts, candidate.width + x.width);
  return {
    x,
    params: body.params,
    apply(
      params: Tree<Tensor>,
      embedding: Tensor,
      rows: FeatureTensors,
      tables: FeatureTensors,
    ): Tensor {
      const request = x.apply(rows, tables);
      const e = splitEmbedding(embedding);
      const count = request ? request.shape[1]! : 1;
      const [u, bias] = [e.u, e.bias].map((part) => repeat(part, count)) as [Tensor, Tensor];
      const m = body.apply(params, concat([u, ...(request ? [request] : [])], -1));
      return concat([m, ones(bias.shape), bias], -1);
    },
  };
}

/** [ c/τ ; b_c ; 1 ]. */
function candidateTower(parts: BlockParts) {
  const { schema, candidate, options } = parts;
  const x = featuresOf(parts, (name) => !options.requestFeatures.includes(name));
  const own = rowScore(schema, x.width);
  const body = towerBody(parts, candidate.width + x.width);
  return {
    rows: { ...candidate.inputs, ...x.inputs },
    tables: { ...candidate.tables, ...x.tables },
    params: { ...body.params, ...own.params },
    apply(params: Tree<Tensor>, rows: FeatureTensors, tables: FeatureTensors): Tensor {
      const v = candidate.apply(rows, tables);
      const features = x.apply(rows, tables);
      const c = body.apply(params, concat([v, ...(features ? [features] : [])], -1));
      const one = ones([...v.shape.slice(0, 2), 1]);
      const score = own.apply(params, zeros(v.shape.slice(0, 2)), rows, features);
      return concat([mul(c, 1 / options.temperature), expandDims(score, -1), one], -1);
    },
  };
}

/** MLP and linear way to a vector of width `towerDim`. */
function towerBody({ options }: BlockParts, inputs: number): Layer {
  const { tower, towerDim } = options;
  const deep = mlp({ widths: [inputs, ...tower, towerDim] });
  const skip = dense({ inputs, outputs: towerDim, bias: false });
  return {
    params: tower.length > 0 ? { deep: deep.params, skip: skip.params } : { skip: skip.params },
    apply(params, x) {
      const direct = skip.apply(branch(params, 'skip'), x);
      return tower.length > 0 ? add(direct, deep.apply(branch(params, 'deep'), x)) : direct;
    },
  };
}

/** Row features that a tower reads. */
function featuresOf(parts: BlockParts, reads: (name: string) => boolean): FeatureEmbeddings {
  const features = rowFeatures(parts.schema).filter(({ name }) => reads(name));
  return featureEmbeddings(features, ['T', 'B'], tableSettings(parts, 'global'));
}

/** `[T, D]` → `[T, rows, D]`. */
function repeat(x: Tensor, rows: Dim): Tensor {
  return broadcastTo(expandDims(x, 1), [x.shape[0]!, rows, x.shape[1]!]);
}

function assertRequestFeatures({ model, schema, options }: BlockParts): void {
  const names = rowFeatures(schema).map(({ name }) => name);
  const missing = options.requestFeatures.find((name) => !names.includes(name));
  if (missing) throw featureMissing(model, `a row feature "${missing}"`, names);
}
