import { branch, dense, multiHeadAttention, type ParamSpec, type Tree } from '@limaml/core';
import { add, relu, type Tensor } from '@limaml/graph';

/** Options of {@link fieldAttention}. */
export interface FieldAttentionOptions {
  /** Width D of a field, a multiple of `heads`. */
  readonly width: number;
  readonly heads: number;
  /** Layers L. */
  readonly layers: number;
}

/** See {@link fieldAttention}. */
export interface FieldAttention {
  readonly params: Tree<ParamSpec>;
  /** `[T, B, F, D]` → `[T, B, F, D]`. */
  apply(params: Tree<Tensor>, fields: Tensor): Tensor;
}

/**
 * The interacting layers of AutoInt: fields attend to each other, beside a linear way.
 *
 * ```text
 * fields [T, B, F, D] ─┬─ attention over F ─┐
 *                      └─ dense D → D ──────┴─(+)─ relu ── [T, B, F, D], L times
 * ```
 *
 * `5 L D²` parameters: `<l>/attention/…`, `<l>/direct/kernel`. (One matrix more than the paper: heads are mixed.)
 *
 * @see Song et al. 2019 (AutoInt), eq. (5) to (8)
 * @example
 * ```ts
 * const attention = fieldAttention({ width: 16, heads: 2, layers: 1 });
 * const mixed = attention.apply(params, stackFields(fields));
 * ```
 */
export function fieldAttention({ width, heads, layers }: FieldAttentionOptions): FieldAttention {
  const attention = multiHeadAttention({ width, heads });
  const direct = dense({ inputs: width, outputs: width, bias: false });
  const names = Array.from({ length: layers }, (_, l) => String(l));
  const each = { attention: attention.params, direct: direct.params };
  return {
    params: Object.fromEntries(names.map((name) => [name, each])),
    apply: (params, fields) =>
      names.reduce((x, name) => {
        const own = branch(params, name);
        const mixed = attention.apply(branch(own, 'attention'), x);
        return relu(add(mixed, direct.apply(branch(own, 'direct'), x)));
      }, fields),
  };
}
