import { meanPool, mlp, type Activation } from '@limaml/core';
import { concat, expandDims, mul, sub } from '@limaml/graph';
import type { SupportEncoder } from './support-encoder.js';

/** Options of {@link interactionEncoder}. */
export interface InteractionEncoderOptions {
  /** F: width of the row features. */
  readonly rows: number;
  /** K: width of a candidate vector. */
  readonly dim: number;
  /** C: width of the signals. */
  readonly signals: number;
  /** Widths of the layers; the last one is the width of the result. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
}

/**
 * The interaction form of a meta block: one row per past interaction goes through a perceptron, and the
 * results are averaged over the task's real rows.
 *
 * $$x = \frac1{\max(1, n)} \sum_s \mathrm{MLP}([\, r_s;\ v_s;\ (2 y_s - 1)\, v_s;\ \text{signals}_s \,])$$
 *
 * ```
 * rows    [T, S, F] ──────────────┐
 * vectors [T, S, K] ──┬───────────┤
 *                     └─ · (2y−1) ─┼─▶ [T, S, F + 2K + C] ─ MLP ─▶ [T, S, W] ─ mean ─▶ [T, W]
 * signals [T, S, C] ──────────────┘
 * ```
 *
 * Parameters: `layers/<i>/kernel`, `layers/<i>/bias`, see `mlp`.
 */
export function interactionEncoder(options: InteractionEncoderOptions): SupportEncoder {
  const { rows, dim, signals, hidden, activation } = options;
  const widths = [rows + 2 * dim + signals, ...hidden];
  const tower = mlp({ widths, activation, outputActivation: activation });
  return {
    params: tower.params,
    width: widths.at(-1)!,
    apply(params, support) {
      const sign = expandDims(sub(mul(2, support.label), 1), -1);
      const signed = mul(support.vectors, sign);
      const features = support.rows === undefined ? [] : [support.rows];
      const x = concat([...features, support.vectors, signed, support.signals], -1);
      return meanPool(tower.apply(params, x), support.mask);
    },
  };
}
