import { branch, type ScoreInput } from '@limaml/core';
import { add, expandDims, mul, type Tensor } from '@limaml/graph';
import { rowFeatures } from '../parts/owned-features.js';
import { type BlockParts, tableSettings } from '../block-parts.js';
import { type FeatureEmbeddings, featureEmbeddings } from '../parts/feature-embeddings.js';
import { fusion } from '../parts/fusion.js';
import { rowScore } from '../parts/row-score.js';
import { matchRows, overRows, splitEmbedding } from '../parts/split-embedding.js';
import type { Tower } from '../parts/tower.js';
import { type GlobalBody, withScore } from './global-block.js';

/** What tells the blocks of this kind apart. */
export interface VectorBodyOptions {
  /** Whether the tower's input holds u ⊙ v, too. */
  readonly product: boolean;
  /** Makes the tower for the width of its input. */
  tower(width: number): Tower;
}

/**
 * A global block whose tower reads one vector per row:
 *
 * ```text
 * u [T, M] ── fusion with z = [ v ; u ⊙ v ; x ] [T, B, Z] ── tower ─┐
 * bias + ⟨u, v⟩ + w_r · rate + ⟨w, x⟩ + c ──────────────────────────┴─ logit [T, B]
 * ```
 *
 * Without hidden widths the tower and the fusion are left out.
 */
export function vectorBody(parts: BlockParts, form: VectorBodyOptions): GlobalBody {
  const linear = linearBody(parts);
  const { options, candidate } = parts;
  if (options.tower.length === 0) return linear;
  const rows = candidate.width * (form.product ? 2 : 1) + linear.x.width;
  const fused = fusion({ form: options.fusion, embedding: candidate.width, rows });
  const deep = form.tower(fused.width);
  const fusing = options.fusion === 'concat' ? {} : { fusion: fused.params };
  return {
    ...linear,
    noise: deep.noise,
    hiddenWidth: deep.hiddenWidth + 1,
    params: { ...linear.params, ...fusing, tower: deep.params },
    apply(params, input) {
      const { u, v, x } = readRow(parts, linear.x, input);
      const z = [v, ...(form.product ? [mul(overRows(u, v), v)] : []), ...(x ? [x] : [])];
      const fusionParams = options.fusion === 'concat' ? {} : branch(params, 'fusion');
      const joined = fused.apply(fusionParams, u, z);
      const output = deep.apply(branch(params, 'tower'), joined, input.noise);
      return withScore(linear.apply(params, input).logit, output);
    },
  };
}

/** The linear part, a global block by itself: `bias + ⟨u, v⟩ + w_r · rate + ⟨w, x⟩ + c`. */
function linearBody(parts: BlockParts): GlobalBody & { readonly x: FeatureEmbeddings } {
  const { schema, candidate } = parts;
  const x = featureEmbeddings(rowFeatures(schema), ['T', 'B'], tableSettings(parts, 'global'));
  const own = rowScore(schema, x.width);
  return {
    x,
    rows: { ...candidate.inputs, ...x.inputs },
    tables: { ...candidate.tables, ...x.tables },
    ...{ noise: {}, params: own.params, hiddenWidth: 1 },
    apply(params, input) {
      const row = readRow(parts, x, input);
      const match = add(matchRows(row.u, row.v), row.bias);
      const logit = own.apply(params, match, input.rows, row.x);
      return { logit, hidden: expandDims(logit, -1) };
    },
  };
}

/** The parts of e, and the candidate's vector and features. */
interface Row {
  readonly bias: Tensor;
  readonly u: Tensor;
  readonly v: Tensor;
  readonly x: Tensor | undefined;
}

function readRow(
  { candidate }: BlockParts,
  x: FeatureEmbeddings,
  { embedding, rows, tables }: ScoreInput,
): Row {
  return {
    ...splitEmbedding(embedding),
    v: candidate.apply(rows, tables),
    x: x.apply(rows, tables),
  };
}
