import { type ParameterValues, zeroValues } from '../parameters.js';
import { type AdamOptions, adamSlots, adamStep } from './adam-slot.js';
import { type RowOptimizer, stepRows } from './row-optimizer.js';

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
        const dim = slot.theta.length / counts.length;
        stepRows(slot.name, dim, gradients, ids, (gradient, row, at, from) => {
          adamStep(slot, gradient, ++counts[row]!, scale, at, from, dim);
        });
      }
    },
  };
}
