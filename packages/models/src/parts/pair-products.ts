import { concat, mul, slice, square, sub, sum, type Tensor } from '@limaml/graph';

/**
 * The second-order term of a factorisation machine: the sum of the products of all pairs of fields, in time
 * linear in their number.
 *
 * $$\sum_{i < j} \langle f_i, f_j \rangle = \tfrac{1}{2} \sum_d \left[(\textstyle\sum_i f_{id})^2 - \sum_i f_{id}^2\right]$$
 *
 * ```text
 * fields [T, B, F, D] ── [T, B]
 * ```
 *
 * Without parameters.
 *
 * @see Rendle 2010, lemma 3.1; Guo et al. 2017 (DeepFM), eq. (2)
 * @example
 * ```ts
 * const pairs = pairSum(stackFields(fields));
 * ```
 */
export function pairSum(fields: Tensor): Tensor {
  const both = square(sum(fields, { axes: [2] }));
  const own = sum(square(fields), { axes: [2] });
  return mul(sum(sub(both, own), { axes: [-1] }), 0.5);
}

/**
 * The product of each pair of fields by itself.
 *
 * ```text
 * fields [T, B, F, D] ── ⟨f₁, f₂⟩, ⟨f₁, f₃⟩, …, ⟨f₍F−1₎, f_F⟩ ── [T, B, F (F − 1) / 2]
 * ```
 *
 * Without parameters.
 *
 * @see Naumov et al. 2019 (DLRM), section 2.1.3
 * @example
 * ```ts
 * const pairs = pairProducts(stackFields(fields));
 * ```
 */
export function pairProducts(fields: Tensor): Tensor {
  const count = fields.shape[2] as number;
  const withLater = (i: number): Tensor => {
    const products = mul(slice(fields, 2, i, i + 1), slice(fields, 2, i + 1, count));
    return sum(products, { axes: [-1] });
  };
  return concat(
    Array.from({ length: count - 1 }, (_, i) => withLater(i)),
    -1,
  );
}
