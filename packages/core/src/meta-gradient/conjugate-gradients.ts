import { add, div, greater, mul, select, square, sub, type Tensor } from '@limaml/graph';
import { sumPerTask } from '../inner-loop/optimiser-step.js';
import { alignTasks } from '../layers/layer.js';

/** Vectors of all tasks: the parts of each, `[T, …]`. */
type Vectors = readonly Tensor[];

/** What counts as zero in a squared norm of float32 numbers. */
const TINY = 1e-30;

/**
 * Solves `A x = b` for every task at once by conjugate gradients from x = 0, exact after as many steps as b has
 * elements, up to rounding. A must be symmetric; along a direction of no or negative curvature no step is
 * taken, so that a task whose loss is not convex does not run away.
 *
 * @param product `v ↦ A v` for each task
 * @param b parts `[T, …]`
 * @see Hestenes & Stiefel 1952; Rajeswaran et al. 2019, section 3.1
 */
export function conjugateGradients(
  product: (v: Vectors) => Vectors,
  b: Vectors,
  steps: number,
): Vectors {
  let direction = b;
  let residual = b;
  let norm = dot(b, b);
  let x: Vectors | undefined;
  for (let step = 0; step < steps; step++) {
    const curved = product(direction);
    const length = ratio(norm, dot(direction, curved));
    const move = scaled(direction, length);
    x = x ? plus(x, move) : move;
    if (step + 1 === steps) break;
    const fallen = scaled(curved, length);
    residual = residual.map((part, at) => sub(part, fallen[at]!));
    const next = dot(residual, residual);
    direction = plus(residual, scaled(direction, ratio(next, norm)));
    norm = next;
  }
  return x!;
}

/** `a / b` where b is above 0, else 0. */
function ratio(a: Tensor, b: Tensor): Tensor {
  const positive = greater(b, TINY);
  return select(positive, div(a, select(positive, b, 1)), 0);
}

/** Inner product of each task, `[T]`. */
function dot(a: Vectors, b: Vectors): Tensor {
  const parts = a.map((part, at) => sumPerTask(part === b[at] ? square(part) : mul(part, b[at]!)));
  return parts.reduce((total, part) => add(total, part));
}

/** @param factors one for each task, `[T]` */
function scaled(vectors: Vectors, factors: Tensor): Vectors {
  return vectors.map((part) => mul(alignTasks(factors, 0, part.shape.length), part));
}

function plus(a: Vectors, b: Vectors): Vectors {
  return a.map((part, at) => add(part, b[at]!));
}
