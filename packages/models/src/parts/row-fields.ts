import {
  branch,
  dense,
  type Layer,
  type ParamSpec,
  type ScoreInput,
  type TableSpec,
  type Tree,
} from '@limaml/core';
import type { Tensor, TensorSpec } from '@limaml/graph';
import type { EncodedFeature } from '@limaml/plugin';
import { type BlockParts, tableSettings } from '../block-parts.js';
import { fieldVectors } from './field-vectors.js';
import { overRows, splitEmbedding } from './split-embedding.js';

/** The fields of a row: the entity's, the candidate's and one per feature. */
export interface RowFields {
  /** Fields F. */
  readonly count: number;
  readonly params: Tree<ParamSpec>;
  readonly rows: Readonly<Record<string, TensorSpec>>;
  readonly tables: Readonly<Record<string, TableSpec>>;
  /** F vectors `[T, B, D]`. */
  apply(params: Tree<Tensor>, input: ScoreInput): Tensor[];
}

/**
 * What factorisation and attention work on: u and v as fields beside the row's features.
 *
 * ```text
 * u [T, M] ── (dense M → D) ── over rows ─┐
 * v [T, B, M] ── (dense M → D) ───────────┼─ 2 + features fields, [T, B, D] each
 * features ── field vectors ──────────────┘
 * ```
 *
 * `2 M D` parameters where D is not M, `entity/kernel` and `candidate/kernel`, and those of `fieldVectors`,
 * `features/…`.
 *
 * @param dim D
 */
export function rowFields(
  parts: BlockParts,
  features: readonly EncodedFeature[],
  dim: number,
): RowFields {
  const { candidate } = parts;
  const own = fieldVectors(features, { ...tableSettings(parts, 'global'), dim });
  const fit = candidate.width === dim ? undefined : liftOf(candidate.width, dim);
  const fitted = fit && { entity: fit.params, candidate: fit.params };
  const lift = (params: Tree<Tensor>, name: string, x: Tensor): Tensor =>
    fit ? fit.apply(branch(params, name), x) : x;
  return {
    count: 2 + own.count,
    params: { ...fitted, features: own.params },
    rows: { ...candidate.inputs, ...own.inputs },
    tables: { ...candidate.tables, ...own.tables },
    apply(params, { embedding, rows, tables }) {
      const v = candidate.apply(rows, tables);
      const u = lift(params, 'entity', splitEmbedding(embedding).u);
      const others = own.apply(branch(params, 'features'), rows, tables);
      return [overRows(u, v), lift(params, 'candidate', v), ...others];
    },
  };
}

function liftOf(inputs: number, outputs: number): Layer {
  return dense({ inputs, outputs, bias: false });
}
