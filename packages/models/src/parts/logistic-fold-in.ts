import { alignTasks, leaf, type ParamSpec, type Tree } from '@limaml/core';
import {
  add,
  exp,
  expandDims,
  matMul,
  mul,
  sigmoid,
  squeeze,
  sub,
  sum,
  type Tensor,
} from '@limaml/graph';
import { conjugateGradient } from './conjugate-gradient.js';

/** What is solved for, of T tasks with S rows. */
export interface LogisticFoldInInput {
  /** Features Φ, `[T, S, D]`. */
  readonly vectors: Tensor;
  /** What a row's logit is without w, b `[T, S]`. */
  readonly offset: Tensor;
  /** y, `[T, S]`. */
  readonly label: Tensor;
  /** 1 for a real row, 0 for padding, `[T, S]`. */
  readonly mask: Tensor;
  /** Mean w₀ of the prior, `[T, D]`. */
  readonly prior: Tensor;
}

/** See {@link logisticFoldIn}. */
export interface LogisticFoldIn {
  readonly params: Tree<ParamSpec>;
  /** w, `[T, D]`. */
  apply(params: Tree<Tensor>, input: LogisticFoldInInput): Tensor;
}

/** Steps of the solver inside a Newton step. */
const SOLVER_STEPS = 8;

/**
 * The weights of a task that explain its labels best: logistic regression with a learned prior precision
 * Λ = diag(λ), by Newton's method (iteratively reweighted least squares) from the prior mean.
 *
 * $$w \leftarrow w + (\Phi^\top P \Phi + \Lambda)^{-1} \left[\Phi^\top (y - p) - \Lambda (w - w_0)\right], \qquad
 *   p = \sigma(\Phi w + b), \; P = \text{diag}(p (1 - p))$$
 *
 * ```text
 * Φ [T, S, D], b, y, mask [T, S] ── steps × solve D × D, per task ── w [T, D]
 * ```
 *
 * D parameters: `precision` (ln λ, from 0). Differentiable in everything; without rows w = w₀.
 *
 * @param width D
 * @param steps Newton steps, 1 or more; about 3 are enough
 * @see Rubin 1983 for the reweighting; {@link conjugateGradient} solves the systems
 * @example
 * ```ts
 * const part = logisticFoldIn(17, 3);
 * const w = part.apply(params, { vectors, offset, label, mask, prior });
 * ```
 */
export function logisticFoldIn(width: number, steps: number): LogisticFoldIn {
  return {
    params: { precision: { shape: [width], init: { kind: 'zeros' } } },
    apply(params, input) {
      const precision = exp(alignTasks(leaf(params, 'precision'), 1, 2));
      let w = input.prior;
      for (let step = 0; step < steps; step++) w = add(w, newtonStep(input, precision, w));
      return w;
    },
  };
}

function newtonStep(
  { vectors, offset, label, mask, prior }: LogisticFoldInInput,
  precision: Tensor,
  w: Tensor,
): Tensor {
  const p = sigmoid(add(squeeze(matMul(vectors, expandDims(w, -1)), -1), offset));
  const pull = sumRows(vectors, mul(mask, sub(label, p)));
  const right = sub(pull, mul(precision, sub(w, prior)));
  const curvature = expandDims(mul(mask, mul(p, sub(1, p))), -1);
  const weighted = mul(vectors, curvature);
  const gram = matMul(weighted, vectors, { transposeA: true });
  const times = (d: Tensor): Tensor =>
    add(squeeze(matMul(gram, expandDims(d, -1)), -1), mul(precision, d));
  const diagonal = add(sum(mul(weighted, vectors), { axes: [1] }), precision);
  return conjugateGradient({ times, right, diagonal }, SOLVER_STEPS);
}

/** `Σ_s r_s φ_s`, `[T, D]`. */
function sumRows(vectors: Tensor, r: Tensor): Tensor {
  return sum(mul(vectors, expandDims(r, -1)), { axes: [1] });
}
