import { add, div, mul, sub, sum, type Tensor } from '@limaml/graph';

/** A symmetric positive definite system per task. */
export interface LinearSystem {
  /** `A x` for x `[T, K]`. */
  multiply(x: Tensor): Tensor;
  /** b `[T, K]`. */
  readonly right: Tensor;
  /** The diagonal of A, `[T, K]`. */
  readonly diagonal: Tensor;
}

/** Keeps 0 / 0 out of a system that is solved already, such as one whose right side is zero. */
const TINY = 1e-8;

/**
 * Solves `A x = b` by a fixed number of conjugate-gradient steps from zero, with the diagonal as
 * preconditioner. It needs nothing but products, so that it can be differentiated like any other layer.
 *
 * @returns x `[T, K]`; exact after K steps, and close to it after a few
 * @see Hestenes & Stiefel 1952; Saad 2003, algorithm 9.1
 */
export function conjugateGradient(system: LinearSystem, steps: number): Tensor {
  const { multiply, right, diagonal } = system;
  let residual = right;
  let scaled = div(residual, diagonal);
  let direction = scaled;
  let energy = dot(residual, scaled);
  let x: Tensor | undefined;
  for (let step = 0; step < steps; step++) {
    const image = multiply(direction);
    const length = div(energy, add(dot(direction, image), TINY));
    const move = mul(length, direction);
    x = x === undefined ? move : add(x, move);
    residual = sub(residual, mul(length, image));
    scaled = div(residual, diagonal);
    const next = dot(residual, scaled);
    direction = add(scaled, mul(div(next, add(energy, TINY)), direction));
    energy = next;
  }
  return x ?? mul(right, 0);
}

function dot(a: Tensor, b: Tensor): Tensor {
  return sum(mul(a, b), { axes: [-1], keepDims: true });
}
