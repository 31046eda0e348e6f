import { parameterMissing, shapeMismatch } from '../errors.js';
import type { ParameterValues } from '../parameters.js';

/** Changes the rows of host tables that a batch touched. */
export interface RowOptimizer {
  /** As in {@link Optimizer}: live arrays to store and restore. */
  readonly state: ParameterValues;
  /**
   * Takes one step on the touched rows; all other rows, and their moments, stay as they are.
   *
   * @param gradients `[U, D]` by table name
   * @param ids by table name: row i of the gradient belongs to row `ids[i]` of the table. Ids are
   *   unique, but for the padding row 0, which never changes; gradient rows beyond `ids` are ignored
   * @param scale factor on the learning rate. Default 1
   * @throws LIMAML_ERR_CORE_PARAMETER_MISSING, LIMAML_ERR_CORE_SHAPE_MISMATCH
   */
  step(gradients: ParameterValues, ids: Readonly<Record<string, Int32Array>>, scale?: number): void;
}

/** Moves one row: `dim` elements of the table from `at` on, by those of the gradient from `from` on. */
export type RowStep = (gradient: Float32Array, row: number, at: number, from: number) => void;

/** Row 0 of every table stands for padding: it carries no information and is never trained. */
const PADDING = 0;

/**
 * Moves the touched rows of one table.
 *
 * @throws LIMAML_ERR_CORE_PARAMETER_MISSING, LIMAML_ERR_CORE_SHAPE_MISMATCH
 */
export function stepRows(
  table: string,
  dim: number,
  gradients: ParameterValues,
  ids: Readonly<Record<string, Int32Array>>,
  stepRow: RowStep,
): void {
  const rows = idsOf(ids, table);
  const gradient = gradientRows(gradients, table, rows.length, dim);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (row !== PADDING) stepRow(gradient, row, row * dim, i * dim);
  }
}

function gradientRows(
  gradients: ParameterValues,
  name: string,
  rows: number,
  dim: number,
): Float32Array {
  const gradient = gradients[name];
  if (gradient === undefined) throw parameterMissing(name, Object.keys(gradients));
  if (gradient.shape[1] !== dim || gradient.shape[0]! < rows) {
    throw shapeMismatch(name, gradient.shape, [rows, dim]);
  }
  return gradient.data;
}

function idsOf(ids: Readonly<Record<string, Int32Array>>, name: string): Int32Array {
  const rows = ids[name];
  if (rows === undefined) throw parameterMissing(name, Object.keys(ids));
  return rows;
}
