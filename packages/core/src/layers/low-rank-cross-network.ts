import { add, mul, type Tensor } from '@limaml/graph';
import { branch, type Tree } from '../tree.js';
import type { CrossNetworkOptions } from './cross-network.js';
import { dense } from './dense.js';
import type { Layer } from './layer.js';

/** Options of {@link lowRankCrossNetwork}. */
export interface LowRankCrossNetworkOptions extends CrossNetworkOptions {
  /** Rank r of the mixing matrix; below `width / 2` it saves parameters. */
  readonly rank: number;
}

/**
 * The cross network of DCN-v2 with its matrices as products of two thin ones.
 *
 * $$x_{l+1} = x_0 \odot (U_l (V_l^\top x_l) + b_l) + x_l$$
 *
 * ```
 * x [T, …, W] ── down W → r ── up r → W ── ⊙ x₀ ──(+ x)──▶ [T, …, W], `depth` times
 * ```
 *
 * `depth · (2 · width · rank + width)` parameters: `layers/<l>/down/kernel`, `layers/<l>/up/…`. All may carry a
 * leading T.
 *
 * @see Wang et al. 2021 (DCN V2), eq. (2)
 *
 * @example
 * ```ts
 * const cross = lowRankCrossNetwork({ width: 48, depth: 2, rank: 8 });
 * ```
 */
export function lowRankCrossNetwork(options: LowRankCrossNetworkOptions): Layer {
  const { width, depth, rank } = options;
  const down = dense({ inputs: width, outputs: rank, bias: false });
  const up = dense({ inputs: rank, outputs: width });
  const layers = Array.from({ length: depth }, (_, l) => String(l));
  const each = { down: down.params, up: up.params };
  return {
    params: { layers: Object.fromEntries(layers.map((l) => [l, each])) },
    apply(params: Tree<Tensor>, x0: Tensor): Tensor {
      return layers.reduce((x, l) => {
        const own = branch(branch(params, 'layers'), l);
        const thin = down.apply(branch(own, 'down'), x);
        return add(mul(x0, up.apply(branch(own, 'up'), thin)), x);
      }, x0);
    },
  };
}
