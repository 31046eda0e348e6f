import { add, type Tensor } from '@limaml/graph';
import { branch, type Tree } from '../tree.js';
import { multiHeadAttention } from './attention.js';
import type { Layer } from './layer.js';
import { layerNorm } from './layer-norm.js';
import { residualMlp, type ResidualMlpOptions } from './residual.js';

/** Options of {@link transformerLayer}. */
export interface TransformerLayerOptions extends ResidualMlpOptions {
  /** Attention heads; a divisor of `width`. Default: 1. */
  readonly heads?: number;
}

/**
 * A transformer encoder layer, norm first: attention between rows, then an MLP on each.
 *
 * $$y = x + \text{attention}(\text{LN}(x)), \qquad z = y + \text{MLP}(\text{LN}(y))$$
 *
 * ```
 * x [T, …, L, W] ─┬─ layer norm ─ attention over L ─(+)─┬─ layer norm ─ MLP ─(+)─▶ [T, …, L, W]
 *                 └─────────────────────────────────┘ └──────────────────┘
 * ```
 *
 * `4 W² + 2 W` parameters and those of {@link residualMlp}: `norm/…`, `attention/…`, `residual/…`. All may carry
 * a leading T.
 *
 * @returns a layer that also takes a mask `[T, …, L]`, see {@link multiHeadAttention}; what it gives for padding
 *   means nothing
 * @see Vaswani et al. 2017, section 3.1; Xiong et al. 2020, table 1, for the norm's place
 *
 * @example
 * ```ts
 * const layer = transformerLayer({ width: 32, heads: 2 });
 * const y = layer.apply(params, x, mask);
 * ```
 */
export function transformerLayer(
  options: TransformerLayerOptions,
): Layer<[x: Tensor, mask?: Tensor]> {
  const { width, heads = 1, ...rest } = options;
  const norm = layerNorm({ width });
  const attention = multiHeadAttention({ width, heads });
  const residual = residualMlp({ width, ...rest });
  return {
    params: { norm: norm.params, attention: attention.params, residual: residual.params },
    apply(params: Tree<Tensor>, x: Tensor, mask?: Tensor): Tensor {
      const normal = norm.apply(branch(params, 'norm'), x);
      const read = attention.apply(branch(params, 'attention'), normal, mask);
      return residual.apply(branch(params, 'residual'), add(x, read));
    },
  };
}
