import type { Primitive } from '../primitives.js';

/** `1 / (1 + e⁻ˣ)`: the exponential is of −|x|, so it never overflows. */
function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/** `log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|)`. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** What element-wise primitives without attributes do to one element of each input; bools are 0 and 1. */
export const SCALAR_FUNCTIONS = {
  neg: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  tanh: Math.tanh,
  sigmoid,
  softplus,
  relu: (x) => Math.max(x, 0),
  abs: Math.abs,
  sign: Math.sign,
  logicalNot: (x) => 1 - x,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  maximum: (a, b) => Math.max(a, b),
  minimum: (a, b) => Math.min(a, b),
  less: (a, b) => Number(a < b),
  lessEqual: (a, b) => Number(a <= b),
  greater: (a, b) => Number(a > b),
  greaterEqual: (a, b) => Number(a >= b),
  equal: (a, b) => Number(a === b),
  logicalAnd: (a, b) => a * b,
  logicalOr: (a, b) => Math.max(a, b),
  select: (condition, a, b) => (condition === 0 ? b : a),
} satisfies Partial<Record<Primitive, (x: number, y: number, z: number) => number>>;

/** Element-wise primitives without attributes. */
export type ScalarPrimitive = keyof typeof SCALAR_FUNCTIONS;
