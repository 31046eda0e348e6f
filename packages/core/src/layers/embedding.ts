import {
  cast,
  div,
  expandDims,
  gather,
  greater,
  maximum,
  mul,
  sum,
  type Tensor,
} from '@limaml/graph';

/**
 * Embeds single ids: `table[ids]`.
 *
 * @param table `[U, D]`
 * @param ids int32, any shape `[…]`
 * @returns `[…, D]`
 */
export function embed(table: Tensor, ids: Tensor): Tensor {
  return gather(table, ids);
}

/**
 * Embeds lists of ids by the mean over their real entries; 0 is padding, and an empty list gives zeros.
 *
 * $$y = \frac{\sum_l [i_l \ne 0]\, E_{i_l}}{\max(1, \sum_l [i_l \ne 0])}$$
 *
 * @param table `[U, D]`
 * @param ids int32 `[…, L]`
 * @returns `[…, D]`
 */
export function embedMean(table: Tensor, ids: Tensor): Tensor {
  const real = cast(greater(ids, 0), 'float32');
  const total = sum(mul(gather(table, ids), expandDims(real, -1)), { axes: [-2] });
  return div(total, maximum(sum(real, { axes: [-1], keepDims: true }), 1));
}
