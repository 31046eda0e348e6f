import { mul, type Tensor } from '@limaml/graph';
import { branch, type Tree } from '../tree.js';
import { type Activation, ACTIVATIONS } from './activation.js';
import { dense } from './dense.js';
import type { Layer } from './layer.js';

/** Options of {@link mlp}. */
export interface MlpOptions {
  /** Widths from the input to the output, e.g. `[24, 64, 64, 1]`: one dense layer fewer than numbers. */
  readonly widths: readonly number[];
  /** After every layer but the last. Default: `'relu'`. */
  readonly activation?: Activation;
  /** After the last layer. Default: `'linear'`. */
  readonly outputActivation?: Activation;
}

/**
 * A multi-layer perceptron: dense layers with an activation between them.
 *
 * ```
 * x [T, …, w₀] ─ dense ─ act ─ (· mask₀) ─ dense ─ act ─ (· mask₁) ─ … ─ dense ─▶ [T, …, wₙ]
 * ```
 *
 * `Σ (wᵢ + 1) wᵢ₊₁` parameters: `layers/<i>/kernel`, `layers/<i>/bias`.
 *
 * @returns a layer that also takes dropout masks, one per hidden layer, `[T, …, wᵢ]` each; none by default
 *
 * @example
 * ```ts
 * const tower = mlp({ widths: [24, 64, 1], activation: 'silu' });
 * ```
 */
export function mlp(options: MlpOptions): Layer<[x: Tensor, masks?: readonly Tensor[]]> {
  const { widths, activation = 'relu', outputActivation = 'linear' } = options;
  const layers = widths.slice(1).map((outputs, i) => dense({ inputs: widths[i]!, outputs }));
  const last = layers.length - 1;
  return {
    params: { layers: Object.fromEntries(layers.map(({ params }, i) => [String(i), params])) },
    apply(params: Tree<Tensor>, x: Tensor, masks: readonly Tensor[] = []): Tensor {
      return layers.reduce((hidden, layer, i) => {
        const output = layer.apply(branch(branch(params, 'layers'), String(i)), hidden);
        if (i === last) return ACTIVATIONS[outputActivation](output);
        const active = ACTIVATIONS[activation](output);
        return masks[i] === undefined ? active : mul(active, masks[i]);
      }, x);
    },
  };
}
