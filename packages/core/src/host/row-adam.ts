import { parameterMissing, shapeMismatch } from '../errors.js';
import { type ParameterValues, zeroValues } from '../parameters.js';
import { type AdamOptions, type AdamSlot, adamSlots, adamStep } from './adam-slot.js';

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

/**
 * Lazy Adam for embedding tables: the work of a step is proportional to the rows touched, not to the table.
 *
 * Every row counts its own steps, so a row that is met first after thousands of batches starts like any
 * other. A row's values are those of {@link adam} on that row alone, run over the batches that touch it.
 *
 * @param tables `[rows, D]` by name, changed in place by every step
 * @throws LIMAML_ERR_CORE_OPTION_INVALID when an option is out of range
 *
 * @example
 * ```ts
 * const optimizer = rowAdam({ 'table/item': items }, { learningRate: 3e-3 });
 * optimizer.step({ 'table/item': gradient }, { 'table/item': Int32Array.of(0, 1, 17) });
 * ```
 */
export function rowAdam(tables: ParameterValues, options: AdamOptions): RowOptimizer {
  const { slots, moments } = adamSlots(tables, options);
  const steps = Object.fromEntries(
    slots.map(({ name }) => [`steps/${name}`, zeroValues([tables[name]!.shape[0]!])]),
  );
  return {
    state: { ...moments, ...steps },
    step(gradients, ids, scale = 1) {
      for (const slot of slots) {
        const counts = steps[`steps/${slot.name}`]!.data;
        stepRows(slot, counts, gradients, idsOf(ids, slot.name), scale);
      }
    },
  };
}

/** Row 0 of every table stands for padding: it carries no information and is never trained. */
const PADDING = 0;

function stepRows(
  slot: AdamSlot,
  counts: Float32Array,
  gradients: ParameterValues,
  ids: Int32Array,
  scale: number,
): void {
  const dim = slot.theta.length / counts.length;
  const gradient = gradientRows(gradients, slot.name, ids.length, dim);
  for (let i = 0; i < ids.length; i++) {
    const row = ids[i]!;
    if (row === PADDING) continue;
    adamStep(slot, gradient, ++counts[row]!, scale, row * dim, i * dim, dim);
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
