import { add, mul, type Tensor } from '@limaml/graph';
import { branch, type Tree } from '../tree.js';
import { dense } from './dense.js';
import type { Layer } from './layer.js';

/** Options of {@link crossNetwork}. */
export interface CrossNetworkOptions {
  /** Width of x and of the result. */
  readonly width: number;
  /** Cross layers L: the result holds products of up to L + 1 inputs. */
  readonly depth: number;
}

/**
 * The cross network of DCN-v2: explicit products of features of bounded degree.
 *
 * $$x_{l+1} = x_0 \odot (W_l x_l + b_l) + x_l$$
 *
 * ```
 * x₀ [T, …, W] ─▶ cross ─▶ cross ─▶ … ─▶ [T, …, W]
 * ```
 *
 * `depth · (width² + width)` parameters: `layers/<l>/kernel`, `layers/<l>/bias`.
 *
 * @see Wang et al. 2021 (DCN V2), eq. (1)
 *
 * @example
 * ```ts
 * const cross = crossNetwork({ width: 48, depth: 2 });
 * ```
 */
export function crossNetwork({ width, depth }: CrossNetworkOptions): Layer {
  const layers = Array.from({ length: depth }, () => dense({ inputs: width, outputs: width }));
  return {
    params: { layers: Object.fromEntries(layers.map(({ params }, l) => [String(l), params])) },
    apply(params: Tree<Tensor>, x0: Tensor): Tensor {
      return layers.reduce((x, layer, l) => {
        const mixed = layer.apply(branch(branch(params, 'layers'), String(l)), x);
        return add(mul(x0, mixed), x);
      }, x0);
    },
  };
}
