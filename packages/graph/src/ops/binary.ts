import { apply } from '../apply.js';
import type { Tensor } from '../tensor.js';
import { asTensors } from './operand.js';
import type { Operand } from './operand.js';

/** `a + b`, with NumPy broadcasting like every function here. */
export function add(a: Operand, b: Operand): Tensor {
  return apply('add', asTensors([a, b]), {});
}

/** `a − b`. */
export function sub(a: Operand, b: Operand): Tensor {
  return apply('sub', asTensors([a, b]), {});
}

/** `a · b`, element by element. */
export function mul(a: Operand, b: Operand): Tensor {
  return apply('mul', asTensors([a, b]), {});
}

/** `a / b`; float32 only. */
export function div(a: Operand, b: Operand): Tensor {
  return apply('div', asTensors([a, b]), {});
}

/** The larger of a and b; where they are equal the gradient goes to a. */
export function maximum(a: Operand, b: Operand): Tensor {
  return apply('maximum', asTensors([a, b]), {});
}

/** The smaller of a and b; where they are equal the gradient goes to a. */
export function minimum(a: Operand, b: Operand): Tensor {
  return apply('minimum', asTensors([a, b]), {});
}

/** `a < b`, as bool. */
export function less(a: Operand, b: Operand): Tensor {
  return apply('less', asTensors([a, b]), {});
}

/** `a ≤ b`, as bool. */
export function lessEqual(a: Operand, b: Operand): Tensor {
  return apply('lessEqual', asTensors([a, b]), {});
}

/** `a > b`, as bool. */
export function greater(a: Operand, b: Operand): Tensor {
  return apply('greater', asTensors([a, b]), {});
}

/** `a ≥ b`, as bool. */
export function greaterEqual(a: Operand, b: Operand): Tensor {
  return apply('greaterEqual', asTensors([a, b]), {});
}

/** `a = b`, as bool. */
export function equal(a: Operand, b: Operand): Tensor {
  return apply('equal', asTensors([a, b]), {});
}

/** True where both are true. */
export function logicalAnd(a: Tensor, b: Tensor): Tensor {
  return apply('logicalAnd', [a, b], {});
}

/** True where at least one is true. */
export function logicalOr(a: Tensor, b: Tensor): Tensor {
  return apply('logicalOr', [a, b], {});
}

/** `a` where the condition is true, else `b`; only the chosen one receives gradient. */
export function select(condition: Tensor, a: Operand, b: Operand): Tensor {
  return apply('select', [condition, ...asTensors([a, b])], {});
}
