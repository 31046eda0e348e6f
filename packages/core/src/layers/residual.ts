import { add, type Tensor } from '@limaml/graph';
import { branch, type Tree } from '../tree.js';
import type { Activation } from './activation.js';
import type { Layer } from './layer.js';
import { layerNorm } from './layer-norm.js';
import { mlp } from './mlp.js';

/** Options of {@link residualMlp}. */
export interface ResidualMlpOptions {
  /** Width W of x and of the result. */
  readonly width: number;
  /** Width H of the hidden layer. Default: 2 · width. */
  readonly hidden?: number;
  /** Of the hidden layer. Default: `'relu'`. */
  readonly activation?: Activation;
}

/**
 * A residual block with the norm before the layers: $y = x + \text{MLP}(\text{LN}(x))$.
 *
 * ```
 * x [T, …, W] ─┬─ layer norm ─ dense W → H ─ act ─ dense H → W ─(+)─▶ [T, …, W]
 *              └─────────────────────────────────────────────────┘
 * ```
 *
 * `2 W + (W + 1) H + (H + 1) W` parameters: `norm/…`, `mlp/…`. All may carry a leading T.
 *
 * @see Gorishniy et al. 2021 (ResNet for tables), section 3.2; Xiong et al. 2020 for the norm's place
 *
 * @example
 * ```ts
 * const block = residualMlp({ width: 64 });
 * const y = block.apply(params, x);
 * ```
 */
export function residualMlp(options: ResidualMlpOptions): Layer {
  const { width, hidden = 2 * width, activation = 'relu' } = options;
  const norm = layerNorm({ width });
  const tower = mlp({ widths: [width, hidden, width], activation });
  return {
    params: { norm: norm.params, mlp: tower.params },
    apply(params: Tree<Tensor>, x: Tensor): Tensor {
      const normal = norm.apply(branch(params, 'norm'), x);
      return add(x, tower.apply(branch(params, 'mlp'), normal));
    },
  };
}
