import { add, div, expandDims, maximum, mul, sqrt, sum, type Tensor } from '@limaml/graph';

/**
 * Mean of the real rows of each task, with shrinkage; no rows give zeros.
 *
 * $$y = \frac{\sum_s w_s x_s}{\sum_s w_s + c}$$
 *
 * @param x `[T, S, D]`
 * @param mask w `[T, S]`, 1 for a real row and 0 for padding
 * @param shrinkage c ≥ 0: draws the mean of few rows towards zero. Default 0
 * @returns `[T, D]`
 */
export function meanPool(x: Tensor, mask: Tensor, shrinkage = 0): Tensor {
  const count = add(sum(mask, { axes: [1], keepDims: true }), shrinkage);
  return div(sumPool(x, mask), maximum(count, 1));
}

/**
 * Sum of the real rows of each task over the root of their number: its variance does not depend on
 * how many independent rows there are, while its length still tells.
 *
 * $$y = \frac{\sum_s w_s x_s}{\sqrt{\sum_s w_s + 1}}$$
 *
 * @param x `[T, S, D]`
 * @param mask w `[T, S]`, 1 for a real row and 0 for padding
 * @returns `[T, D]`
 */
export function rootSumPool(x: Tensor, mask: Tensor): Tensor {
  return div(sumPool(x, mask), sqrt(add(sum(mask, { axes: [1], keepDims: true }), 1)));
}

function sumPool(x: Tensor, mask: Tensor): Tensor {
  return sum(mul(x, expandDims(mask, -1)), { axes: [1] });
}
