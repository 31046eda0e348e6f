import {
  add,
  addDims,
  cast,
  constant,
  equal,
  expandDims,
  minimum,
  pad,
  slice,
  sub,
  type Tensor,
} from '@limaml/graph';

/**
 * How many real rows of its task are newer than each row, as a one-hot vector: a dense layer over it is a
 * learned position embedding. The newest real row has place 0, whatever padding there is; rows older than
 * the last place share it.
 *
 * ```text
 * mask [T, S], newest last ── real rows behind each [T, S] ── one-hot [T, S, places]
 * ```
 *
 * Without parameters. The number of rows may be a symbol: newer rows are counted by doubling
 * (1, 2, 4… rows ahead), so `places` is a power of two.
 *
 * @see Hillis & Steele 1986 for the doubling; Kang & McAuley 2018 (SASRec), eq. (1), for learned positions
 * @example
 * ```ts
 * const positions = dense({ inputs: 64, outputs: 32, bias: false });
 * const p = positions.apply(params, places(support.mask, 64));
 * ```
 */
export function places(mask: Tensor, count: number): Tensor {
  let newer = mask;
  for (let ahead = 1; ahead < count; ahead *= 2) newer = add(newer, later(newer, ahead));
  const place = minimum(sub(newer, mask), count - 1);
  const all = constant(Array.from({ length: count }, (_, at) => at));
  return cast(equal(expandDims(place, -1), all), 'float32');
}

/** The value `ahead` rows later, 0 past the end, `[T, S]`. */
function later(x: Tensor, ahead: number): Tensor {
  return slice(pad(x, 1, 0, ahead), 1, ahead, addDims(x.shape[1]!, ahead));
}
