import { add, div, mul, sub, sum, type Tensor } from '@limaml/graph';

/** Keeps the quotients of a solve that is done already at 0. */
const TINY = 1e-12;

/** A symmetric positive definite system A d = b for each of T tasks. */
export interface LinearSystem {
  /** `p ↦ A p`, `[T, M]` → `[T, M]`. */
  readonly times: (p: Tensor) => Tensor;
  /** b, `[T, M]`. */
  readonly right: Tensor;
  /** The diagonal of A, `[T, M]`. */
  readonly diagonal: Tensor;
}

/**
 * Solves A d = b for each task by the conjugate gradient method from d = 0, preconditioned by the diagonal:
 * a few products of a graph, differentiable in everything.
 *
 * ```text
 * b [T, M] ── steps × (A p [T, M], two products ⟨·,·⟩ [T, 1]) ── d [T, M]
 * ```
 *
 * Without parameters. M steps are exact.
 *
 * @param steps 1 or more
 * @see Hestenes & Stiefel 1952, section 3
 *
 * @example
 * ```ts
 * const d = conjugateGradient({ times: (p) => mul(diagonal, p), right, diagonal }, 4);
 * ```
 */
export function conjugateGradient({ times, right, diagonal }: LinearSystem, steps: number): Tensor {
  let residual = right;
  let scaled = div(residual, diagonal);
  let direction = scaled;
  let size = inner(residual, scaled);
  let solution: Tensor | undefined;
  for (let step = 0; step < steps; step++) {
    const image = times(direction);
    const length = div(size, add(inner(direction, image), TINY));
    const move = mul(length, direction);
    solution = solution ? add(solution, move) : move;
    residual = sub(residual, mul(length, image));
    scaled = div(residual, diagonal);
    const next = inner(residual, scaled);
    direction = add(scaled, mul(div(next, add(size, TINY)), direction));
    size = next;
  }
  return solution!;
}

/** ⟨a, b⟩ of each task, `[T, 1]`. */
function inner(a: Tensor, b: Tensor): Tensor {
  return sum(mul(a, b), { axes: [-1], keepDims: true });
}
