import { add, matMul, mul, reshape, softmax, sub, type Tensor, transpose } from '@limaml/graph';
import { branch, type Tree } from '../tree.js';
import { dense } from './dense.js';
import type { Layer } from './layer.js';

/** Options of {@link multiHeadAttention}. */
export interface MultiHeadAttentionOptions {
  /** Width W of x and of the result, a multiple of `heads`. */
  readonly width: number;
  /** Heads h. Default: 1. */
  readonly heads?: number;
}

/** Taken from the scores of padding: far below any score, so that its share rounds to exactly 0. */
const FAR = 1e9;

/**
 * Self-attention of the rows of the last axis but one: every row reads all real rows.
 *
 * $$y = [\,\text{softmax}(Q_j K_j^\top / \sqrt{W/h})\, V_j\,]_{j=1}^{h} W_o, \qquad Q, K, V = x W_q, x W_k, x W_v$$
 *
 * ```
 * x [T, …, L, W] ─┬─ query ─▶ [T, …, h, L, W/h] ─┐
 *                 ├─ key   ─▶ [T, …, h, L, W/h] ─┴▶ shares [T, …, h, L, L] ─┐
 *                 └─ value ─▶ [T, …, h, L, W/h] ────────────────────────────┴─ output ─▶ [T, …, L, W]
 * ```
 *
 * `4 · width²` parameters: `query`, `key`, `value`, `output`, each with a `kernel`. All may carry a leading T.
 *
 * @returns a layer that also takes a mask `[T, …, L]`, 1 for a real row and 0 for padding: padding is read by
 *   nobody, and without a real row the result is 0. Default: all rows are real
 * @see Vaswani et al. 2017, section 3.2, eq. (1)
 *
 * @example
 * ```ts
 * const attention = multiHeadAttention({ width: 32, heads: 2 });
 * const y = attention.apply(params, x, mask);
 * ```
 */
export function multiHeadAttention(
  options: MultiHeadAttentionOptions,
): Layer<[x: Tensor, mask?: Tensor]> {
  const { width, heads = 1 } = options;
  const map = dense({ inputs: width, outputs: width, bias: false });
  const { params: each } = map;
  return {
    params: { query: each, key: each, value: each, output: each },
    apply(params: Tree<Tensor>, x: Tensor, mask?: Tensor): Tensor {
      const mapped = (name: string): Tensor => map.apply(branch(params, name), x);
      // A single head needs no axis of its own, nor the transposes that it costs.
      const split = (name: string): Tensor =>
        heads === 1 ? mapped(name) : splitHeads(mapped(name), heads);
      const scores = matMul(split('query'), split('key'), { transposeB: true });
      const scaled = mul(scores, 1 / Math.sqrt(width / heads));
      const read = matMul(maskedShares(scaled, mask), split('value'));
      return map.apply(branch(params, 'output'), heads === 1 ? read : joinHeads(read));
    },
  };
}

/** Softmax over real rows, `[T, …, h, L, L]`; zeros where there are none. */
function maskedShares(scores: Tensor, mask?: Tensor): Tensor {
  if (!mask) return softmax(scores);
  const between = scores.shape.slice(mask.shape.length - 1, -1).map(() => 1);
  const real = reshape(mask, [...mask.shape.slice(0, -1), ...between, mask.shape.at(-1)!]);
  return mul(softmax(add(scores, mul(sub(real, 1), FAR))), real);
}

/** `[…, L, W]` → `[…, h, L, W/h]`. */
function splitHeads(x: Tensor, heads: number): Tensor {
  const lead = x.shape.slice(0, -1);
  const width = x.shape.at(-1) as number;
  return swapRowsAndHeads(reshape(x, [...lead, heads, width / heads]));
}

/** `[…, h, L, W/h]` → `[…, L, W]`. */
function joinHeads(x: Tensor): Tensor {
  const swapped = swapRowsAndHeads(x);
  const [heads, width] = swapped.shape.slice(-2) as [number, number];
  return reshape(swapped, [...swapped.shape.slice(0, -2), heads * width]);
}

function swapRowsAndHeads(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  const [a, b, c] = axes.slice(-3) as [number, number, number];
  return transpose(x, [...axes.slice(0, -3), b, a, c]);
}
