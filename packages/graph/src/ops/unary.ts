import { apply } from '../apply.js';
import type { DType } from '../dtype.js';
import type { Tensor } from '../tensor.js';
import { asTensor } from './operand.js';
import type { Operand } from './operand.js';

/** `−x`. */
export function neg(x: Operand): Tensor {
  return apply('neg', [asTensor(x)], {});
}

/** `eˣ`. */
export function exp(x: Operand): Tensor {
  return apply('exp', [asTensor(x)], {});
}

/** Natural logarithm. */
export function log(x: Operand): Tensor {
  return apply('log', [asTensor(x)], {});
}

/** Square root. Its derivative is infinite at 0. */
export function sqrt(x: Operand): Tensor {
  return apply('sqrt', [asTensor(x)], {});
}

/** Hyperbolic tangent. */
export function tanh(x: Operand): Tensor {
  return apply('tanh', [asTensor(x)], {});
}

/** `1 / (1 + e⁻ˣ)`, without overflow for large |x|. */
export function sigmoid(x: Operand): Tensor {
  return apply('sigmoid', [asTensor(x)], {});
}

/** `log(1 + eˣ)`, without overflow for large |x|. */
export function softplus(x: Operand): Tensor {
  return apply('softplus', [asTensor(x)], {});
}

/** `max(x, 0)`, with derivative 0 at 0. */
export function relu(x: Operand): Tensor {
  return apply('relu', [asTensor(x)], {});
}

/** `|x|`, with derivative 0 at 0. */
export function abs(x: Operand): Tensor {
  return apply('abs', [asTensor(x)], {});
}

/** −1, 0 or 1, with derivative 0. */
export function sign(x: Operand): Tensor {
  return apply('sign', [asTensor(x)], {});
}

/** `x²`. */
export function square(x: Operand): Tensor {
  const base = asTensor(x);
  return apply('mul', [base, base], {});
}

/** True where a bool is false. */
export function logicalNot(x: Tensor): Tensor {
  return apply('logicalNot', [x], {});
}

/**
 * Converts the element type: float32 to int32 cuts off the fraction, anything but 0 becomes true.
 * Gradients pass only from float32 to float32.
 */
export function cast(x: Operand, dtype: DType): Tensor {
  return apply('cast', [asTensor(x)], { dtype });
}

/** The value of x, treated as a constant by `grad`. */
export function stopGradient(x: Tensor): Tensor {
  return apply('stopGradient', [x], {});
}
