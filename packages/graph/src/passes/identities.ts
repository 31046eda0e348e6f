import { reapply } from '../apply.js';
import { add, mul, select, sub } from '../ops/binary.js';
import { broadcastTo } from '../ops/movement.js';
import { matMul } from '../ops/products.js';
import { fill } from '../ops/source.js';
import { neg } from '../ops/unary.js';
import { sameShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import { splatValue } from './fold-constants.js';

type BinaryRule = (a: Tensor, b: Tensor, result: Tensor) => Tensor;

/** Rules by primitive. Where order does not matter a number stands on the right, see {@link UNORDERED}. */
const BINARY_RULES: Readonly<Record<string, BinaryRule>> = {
  add: simplifyAdd,
  sub: simplifySub,
  mul: simplifyMul,
  div: (a, b, result) => (splatValue(b) === 1 ? fit(a, result) : result),
  maximum: idempotent,
  minimum: idempotent,
  logicalAnd: idempotent,
  logicalOr: idempotent,
};

const UNORDERED: ReadonlySet<string> = new Set(['add', 'mul', 'maximum', 'minimum']);

/**
 * Algebraic identities of element-wise primitives: `x+0`, `x·1`, `x·0`, `−(−x)`, numbers gathered
 * into one factor, and the like. As usual for compilers, `x·0 = 0` holds for infinite x too.
 */
export function simplifyArithmetic(tensor: Tensor): Tensor {
  if (Object.hasOwn(BINARY_RULES, tensor.op))
    return simplifyBinary(tensor, BINARY_RULES[tensor.op]!);
  if (isOp(tensor, 'neg')) return simplifyNeg(tensor);
  if (isOp(tensor, 'select')) return simplifySelect(tensor);
  if (isOp(tensor, 'matMul')) return simplifySigns(tensor);
  return simplifyConversion(tensor);
}

function simplifyBinary(tensor: Tensor, rule: BinaryRule): Tensor {
  const [a, b] = tensor.inputs as [Tensor, Tensor];
  const swap =
    UNORDERED.has(tensor.op) && splatValue(a) !== undefined && splatValue(b) === undefined;
  return swap ? reapply(tensor, [b, a]) : rule(a, b, tensor);
}

function simplifyAdd(a: Tensor, b: Tensor, result: Tensor): Tensor {
  if (splatValue(b) === 0) return fit(a, result);
  if (isOp(b, 'neg')) return sub(a, b.inputs[0]!);
  return isOp(a, 'neg') ? sub(b, a.inputs[0]!) : result;
}

function simplifySub(a: Tensor, b: Tensor, result: Tensor): Tensor {
  if (splatValue(b) === 0) return fit(a, result);
  if (splatValue(a) === 0) return fit(neg(b), result);
  return isOp(b, 'neg') ? add(a, b.inputs[0]!) : result;
}

function simplifyMul(a: Tensor, b: Tensor, result: Tensor): Tensor {
  const factor = splatValue(b);
  if (factor === 0) return fill(result.shape, 0, result.dtype);
  if (factor === 1) return fit(a, result);
  if (factor === -1) return fit(neg(a), result);
  if (factor !== undefined) return gatherFactor(a, b, factor, result);
  if (isOp(a, 'neg') && isOp(b, 'neg')) return mul(a.inputs[0]!, b.inputs[0]!);
  return result;
}

/** `(x·c)·d = x·(c·d)` and `(−x)·d = x·(−d)`: one number, and the product with it last. */
function gatherFactor(a: Tensor, b: Tensor, factor: number, result: Tensor): Tensor {
  const number = (value: number): Tensor => fill(b.shape, value, b.dtype);
  if (isOp(a, 'neg')) return mul(a.inputs[0]!, number(-factor));
  if (!isOp(a, 'mul')) return result;
  const [x, y] = a.inputs as [Tensor, Tensor];
  const inner = splatValue(y);
  return inner === undefined ? result : fit(mul(x, number(inner * factor)), result);
}

function simplifyNeg(tensor: Tensor<'neg'>): Tensor {
  const [x] = tensor.inputs as [Tensor];
  if (isOp(x, 'neg')) return x.inputs[0]!;
  if (isOp(x, 'sub')) return sub(x.inputs[1]!, x.inputs[0]!);
  if (isOp(x, 'mul')) {
    const [a, b] = x.inputs as [Tensor, Tensor];
    const factor = splatValue(b);
    if (factor !== undefined) return mul(a, fill(b.shape, -factor, b.dtype));
  }
  return tensor;
}

/** `(−A) B = −(A B)`: outside, a sign mostly becomes part of a sum. */
function simplifySigns(tensor: Tensor<'matMul'>): Tensor {
  const [a, b] = tensor.inputs as [Tensor, Tensor];
  if (isOp(a, 'neg')) return neg(matMul(a.inputs[0]!, b, tensor.attrs));
  return isOp(b, 'neg') ? neg(matMul(a, b.inputs[0]!, tensor.attrs)) : tensor;
}

function simplifySelect(tensor: Tensor<'select'>): Tensor {
  const [condition, a, b] = tensor.inputs as [Tensor, Tensor, Tensor];
  if (isOp(condition, 'logicalNot')) return select(condition.inputs[0]!, b, a);
  if (a === b) return fit(a, tensor);
  const known = splatValue(condition);
  return known === undefined ? tensor : fit(known === 0 ? b : a, tensor);
}

function simplifyConversion(tensor: Tensor): Tensor {
  const [x] = tensor.inputs;
  if (!x) return tensor;
  if (isOp(tensor, 'cast') && tensor.attrs.dtype === x.dtype) return x;
  if (isOp(tensor, 'relu') && isOp(x, 'relu')) return x;
  if (isOp(tensor, 'logicalNot') && isOp(x, 'logicalNot')) return x.inputs[0]!;
  // Derivatives are taken before a program is optimised, so the mark has done its work.
  return isOp(tensor, 'stopGradient') ? x : tensor;
}

function idempotent(a: Tensor, b: Tensor, result: Tensor): Tensor {
  return a === b ? a : result;
}

/** x, repeated if the other operand had made the result larger. */
function fit(x: Tensor, result: Tensor): Tensor {
  return sameShape(x.shape, result.shape) ? x : broadcastTo(x, result.shape);
}
