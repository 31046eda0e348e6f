import { branch, dense, type ParamSpec, type Tree } from '@limaml/core';
import { add, concat, expandDims, mul, sigmoid, type Tensor } from '@limaml/graph';
import type { FusionForm } from '../forms.js';
import { overRows } from './split-embedding.js';

/** Options of {@link fusion}. */
export interface FusionOptions {
  readonly form: FusionForm;
  /** Width M of u. */
  readonly embedding: number;
  /** Width W of z. */
  readonly rows: number;
}

/** See {@link fusion}. */
export interface Fusion {
  readonly params: Tree<ParamSpec>;
  /** Width of the result. */
  readonly width: number;
  /** u `[T, M]`, the parts of z `[T, B, …]` → `[T, B, width]`. */
  apply(params: Tree<Tensor>, u: Tensor, z: readonly Tensor[]): Tensor;
}

/**
 * How what is known of an entity, u, meets what is known of a row, z.
 *
 * ```text
 * concat   [ u ; z ]                              [T, B, M + W]
 * film     z ⊙ (1 + u Γ) + (u B + b)              [T, B, W]
 * gate     z ⊙ 2 σ(u G + g)                       [T, B, W]
 * ```
 *
 * Parameters: none; `2 M W + W` (`scale/kernel`, `shift/…`); `M W + W` (`gate/…`).
 *
 * @see Perez et al. 2018 (FiLM), eq. (2); Chang et al. 2023 (PEPNet), eq. (3) to (5), for gates
 * @example
 * ```ts
 * const film = fusion({ form: 'film', embedding: 16, rows: 24 });
 * const x = film.apply(params, u, [v, features]);
 * ```
 */
export function fusion({ form, embedding, rows }: FusionOptions): Fusion {
  return FUSIONS[form](embedding, rows);
}

const FUSIONS: Readonly<Record<FusionForm, (embedding: number, rows: number) => Fusion>> = {
  concat: concatFusion,
  film: filmFusion,
  gate: gateFusion,
};

function concatFusion(embedding: number, rows: number): Fusion {
  return {
    params: {},
    width: embedding + rows,
    apply: (_, u, z) => concat([overRows(u, z[0]!), ...z], -1),
  };
}

function filmFusion(inputs: number, width: number): Fusion {
  const scale = dense({ inputs, outputs: width, bias: false });
  const shift = dense({ inputs, outputs: width });
  return {
    params: { scale: scale.params, shift: shift.params },
    width,
    apply(params, u, z) {
      const factor = add(scale.apply(branch(params, 'scale'), u), 1);
      const moved = shift.apply(branch(params, 'shift'), u);
      return add(mul(concat(z, -1), expandDims(factor, 1)), expandDims(moved, 1));
    },
  };
}

function gateFusion(inputs: number, width: number): Fusion {
  const gate = dense({ inputs, outputs: width });
  return {
    params: { gate: gate.params },
    width,
    apply(params, u, z) {
      const open = mul(sigmoid(gate.apply(branch(params, 'gate'), u)), 2);
      return mul(concat(z, -1), expandDims(open, 1));
    },
  };
}
