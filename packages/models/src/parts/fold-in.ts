import { alignTasks, leaf, type ParamSpec, type Tree } from '@limaml/core';
import {
  add,
  div,
  exp,
  expandDims,
  matMul,
  mul,
  squeeze,
  sub,
  sum,
  type Tensor,
} from '@limaml/graph';
import { conjugateGradient } from './conjugate-gradient.js';

/** What is solved for, of T tasks with S rows. */
export interface FoldInInput {
  /** Candidate vectors V, `[T, S, M]`. */
  readonly vectors: Tensor;
  /** What each row should give, x, `[T, S]`. */
  readonly target: Tensor;
  /** 1 for a real row, 0 for padding, `[T, S]`. */
  readonly mask: Tensor;
  /** Mean m₀ of the prior, `[T, M]`. Default 0. */
  readonly prior?: Tensor;
}

/** See {@link foldIn}. */
export interface FoldIn {
  readonly params: Tree<ParamSpec>;
  /** m, `[T, M]`. */
  apply(params: Tree<Tensor>, input: FoldInInput): Tensor;
}

/**
 * The vector of a task that explains its rows best, given the candidates' vectors: Bayesian linear
 * regression with a learned noise s² and a learned prior precision Λ = diag(λ).
 *
 * $$m = m_0 + (V^\top V / s^2 + \Lambda)^{-1}\, V^\top (x - V m_0) / s^2$$
 *
 * The system is solved by `steps` steps of {@link conjugateGradient}, so that m is differentiable in
 * everything. Without rows m = m₀.
 *
 * ```text
 * vectors V [T, S, M], target x [T, S], mask [T, S] ── solve M × M, per task ──(+ m₀ [T, M])── m [T, M]
 * ```
 *
 * `M + 1` parameters: `precision` (ln λ, from 0), `noise` (ln s², from 0).
 *
 * @param width M
 * @param steps of the solver; M of them are exact, about 6 are enough for 40 rows
 * @see Tipping & Bishop 1999, eq. (9), for the posterior
 *
 * @example
 * ```ts
 * const part = foldIn(16, 6);
 * const m = part.apply(params, { vectors, target, mask });
 * ```
 */
export function foldIn(width: number, steps: number): FoldIn {
  return {
    params: {
      precision: { shape: [width], init: { kind: 'zeros' } },
      noise: { shape: [1], init: { kind: 'zeros' } },
    },
    apply(params, { vectors, target, mask, prior }) {
      const precision = exp(alignTasks(leaf(params, 'precision'), 1, 2));
      const noise = exp(alignTasks(leaf(params, 'noise'), 1, 3));
      const weighted = div(mul(vectors, expandDims(mask, -1)), noise);
      const residual = prior ? sub(target, squeeze(matMul(vectors, column(prior)), -1)) : target;
      const right = sum(mul(weighted, expandDims(residual, -1)), { axes: [1] });
      const gram = matMul(weighted, vectors, { transposeA: true });
      const diagonal = add(sum(mul(weighted, vectors), { axes: [1] }), precision);
      const times = (p: Tensor): Tensor =>
        add(squeeze(matMul(gram, column(p)), -1), mul(precision, p));
      const solution = conjugateGradient({ times, right, diagonal }, steps);
      return prior ? add(prior, solution) : solution;
    },
  };
}

function column(x: Tensor): Tensor {
  return expandDims(x, -1);
}
