import { type ParameterValues, zerosLike, zeroValues } from '../parameters.js';
import { type OptimizerOptions, requireInRange, ruleOf } from './optimizer.js';
import { type RowOptimizer, type RowStep, stepRows } from './row-optimizer.js';

/** Options of {@link rowAdagrad}. */
export interface RowAdagradOptions extends OptimizerOptions {
  /**
   * Whether every element has a sum of squares of its own, or a row has one for all its elements, which
   * takes 1/D of the memory. Default `'element'`.
   */
  readonly per?: 'element' | 'row';
  /** ε beside the root of the sum. Default 1e-8. */
  readonly epsilon?: number;
}

/**
 * Adagrad for embedding tables: the work of a step is proportional to the rows touched, not to the table.
 *
 * $$a \leftarrow a + g^2, \qquad \theta \leftarrow \theta - \beta \Big( \frac{g}{\sqrt{a} + \epsilon} + \lambda\theta \Big)$$
 *
 * with `g` the gradient plus `l2 · θ`. Per row, `a` is one number and grows by the mean of `g²` over the row.
 *
 * @param tables `[rows, D]` by name, changed in place by every step
 * @throws LIMAML_ERR_CORE_OPTION_INVALID when an option is out of range
 * @see Duchi, Hazan & Singer 2011, section 1.2; per row: Mudigere et al. 2022, section 4.1.3
 *
 * @example
 * ```ts
 * const optimizer = rowAdagrad({ 'table/item': items }, { learningRate: 0.05, per: 'row' });
 * optimizer.step({ 'table/item': gradient }, { 'table/item': Int32Array.of(0, 1, 17) });
 * ```
 */
export function rowAdagrad(tables: ParameterValues, options: RowAdagradOptions): RowOptimizer {
  const { per = 'element', epsilon = 1e-8 } = options;
  requireInRange('epsilon', epsilon, Number.MIN_VALUE, Infinity);
  const sums = per === 'element' ? zerosLike(tables, sumName) : rowSums(tables);
  const slots = Object.entries(tables).map(([name, { shape, data }]) => ({
    ...{ name, theta: data, dim: shape[1]!, sum: sums[sumName(name)]!.data, epsilon },
    ...ruleOf(options, name),
  }));
  const stepOf = per === 'element' ? elementStep : rowStep;
  return {
    state: sums,
    step(gradients, ids, scale = 1) {
      for (const slot of slots) stepRows(slot.name, slot.dim, gradients, ids, stepOf(slot, scale));
    },
  };
}

/** One table, its sums of squares and its constants. */
interface AdagradSlot extends Readonly<Record<keyof OptimizerOptions, number>> {
  readonly theta: Float32Array;
  readonly dim: number;
  readonly sum: Float32Array;
  readonly epsilon: number;
}

function sumName(table: string): string {
  return `a/${table}`;
}

function rowSums(tables: ParameterValues): ParameterValues {
  return Object.fromEntries(
    Object.entries(tables).map(([name, { shape }]) => [sumName(name), zeroValues([shape[0]!])]),
  );
}

function elementStep(slot: AdagradSlot, scale: number): RowStep {
  const { theta, dim, sum, epsilon, l2, weightDecay } = slot;
  const rate = slot.learningRate * scale;
  return (gradient, _row, at, from) => {
    for (let i = at, j = from, end = at + dim; i < end; i++, j++) {
      const weight = theta[i]!;
      const g = gradient[j]! + l2 * weight;
      const total = Math.fround(sum[i]! + g * g);
      sum[i] = total;
      theta[i] = weight - rate * (g / (Math.sqrt(total) + epsilon) + weightDecay * weight);
    }
  };
}

function rowStep(slot: AdagradSlot, scale: number): RowStep {
  const { theta, dim, sum, epsilon, l2, weightDecay } = slot;
  const rate = slot.learningRate * scale;
  return (gradient, row, at, from) => {
    let squares = 0;
    for (let i = 0; i < dim; i++) squares += (gradient[from + i]! + l2 * theta[at + i]!) ** 2;
    const total = Math.fround(sum[row]! + squares / dim);
    sum[row] = total;
    const factor = 1 / (Math.sqrt(total) + epsilon);
    for (let i = 0; i < dim; i++) {
      const weight = theta[at + i]!;
      const g = gradient[from + i]! + l2 * weight;
      theta[at + i] = weight - rate * (g * factor + weightDecay * weight);
    }
  };
}
