import { add, div, mean, mul, sqrt, square, sub, type Tensor } from '@limaml/graph';
import { leaf, type Tree } from '../tree.js';
import { alignTasks, type Layer } from './layer.js';

/** Options of {@link layerNorm}. */
export interface LayerNormOptions {
  /** Width of x. */
  readonly width: number;
  /** ε beside the variance. Default: 1e-5. */
  readonly epsilon?: number;
}

/**
 * Layer normalisation of the last axis.
 *
 * $$y = \gamma \odot \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta$$
 *
 * ```
 * x [T, …, W] ─▶ [T, …, W]
 * ```
 *
 * `2 · width` parameters: `scale` γ (starts at 1), `shift` β (starts at 0). Both may carry a leading T.
 *
 * @see Ba, Kiros & Hinton 2016, eq. (4)
 */
export function layerNorm({ width, epsilon = 1e-5 }: LayerNormOptions): Layer {
  return {
    params: {
      scale: { shape: [width], init: { kind: 'constant', value: 1 } },
      shift: { shape: [width], init: { kind: 'zeros' } },
    },
    apply(params: Tree<Tensor>, x: Tensor): Tensor {
      const parameter = (name: string): Tensor => alignTasks(leaf(params, name), 1, x.shape.length);
      const centred = sub(x, mean(x, { axes: [-1], keepDims: true }));
      const variance = mean(square(centred), { axes: [-1], keepDims: true });
      const normal = div(centred, sqrt(add(variance, epsilon)));
      return add(mul(normal, parameter('scale')), parameter('shift'));
    },
  };
}
