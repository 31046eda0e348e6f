import { type Dim, dimSymbols, evaluateDim } from '@limaml/graph';

/** A dense layer in the inner loop, as far as the choice of its form needs to know it. */
export interface DenseLayerCost {
  /** Rows of a task that it is applied to in one pass, B. */
  readonly rows: Dim;
  /** Widths F and O. */
  readonly inputs: number;
  readonly outputs: number;
  /** Inner steps K. */
  readonly steps: number;
  /** Whether its input is the same in every pass, because nothing before it is adapted. */
  readonly fixedInput: boolean;
}

/** Rows per task where the number is a symbol when the program is made. */
const ROWS_WHEN_UNKNOWN = 32;

/**
 * Tells whether low-rank fast weights take fewer multiplications than formed ones, counted per task over
 * K steps and the pass after them, without what both forms do:
 *
 * | input           | formed: products with W_k, and Sᵀ Δ | low-rank: overlaps X Sᵀ, and their products with Δ |
 * | --------------- | ----------------------------------- | -------------------------------------------------- |
 * | fixed           | 2 K B F O                           | B² F + K B² O                                      |
 * | changes by step | K B F O                             | K² B² (F + O), those towards X included            |
 *
 * So low-rank suits tasks with few rows, wide layers and, behind the first layer, few steps.
 */
export function isLowRankCheaper(layer: DenseLayerCost): boolean {
  const { inputs: F, outputs: O, steps: K, fixedInput } = layer;
  const B = numberOfRows(layer.rows);
  return fixedInput
    ? B * B * F + K * B * B * O < 2 * K * B * F * O
    : K * K * B * B * (F + O) < K * B * F * O;
}

function numberOfRows(rows: Dim): number {
  const assumed = dimSymbols(rows).map((symbol) => [symbol, ROWS_WHEN_UNKNOWN] as const);
  return evaluateDim(rows, Object.fromEntries(assumed));
}
