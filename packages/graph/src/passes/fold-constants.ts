import { compute } from '../interpreter/interpret.js';
import { SCALAR_FUNCTIONS } from '../interpreter/scalar-functions.js';
import type { ScalarPrimitive } from '../interpreter/scalar-functions.js';
import { elementCount } from '../interpreter/value.js';
import type { Value } from '../interpreter/value.js';
import { constant, fill } from '../ops/source.js';
import type { Primitive } from '../primitives.js';
import { isNumericShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';

/** A folded constant may have this many elements, or as many as the largest constant it comes from. */
const FOLDED_ELEMENTS = 1024;

/** Primitives that only move elements: of a repeated number they make the same number. */
const MOVEMENTS: ReadonlySet<Primitive> = new Set([
  'reshape',
  'transpose',
  'broadcastTo',
  'slice',
  'concat',
  'gather',
]);

/** Primitives that make zeros of zeros in any of these inputs. */
const ZERO_PRESERVING: Readonly<Partial<Record<Primitive, readonly number[]>>> = {
  matMul: [0, 1],
  pad: [0],
  scatterAdd: [1],
};

/** A product or a placement of zeros is zeros. */
export function foldZeros(tensor: Tensor): Tensor {
  const isZero = ZERO_PRESERVING[tensor.op]?.some(
    (position) => splatValue(tensor.inputs[position]!) === 0,
  );
  return isZero ? fill(tensor.shape, 0, tensor.dtype) : tensor;
}

/** Splats: a primitive of repeated numbers is one repeated number, whatever the shape. */
export function foldSplats(tensor: Tensor): Tensor {
  const [first, ...others] = tensor.inputs.map(splatValue);
  if (first === undefined) return tensor;
  if (isScalarOp(tensor)) {
    if (others.includes(undefined)) return tensor;
    return fill(
      tensor.shape,
      SCALAR_FUNCTIONS[tensor.op](first, others[0] ?? 0, others[1] ?? 0),
      tensor.dtype,
    );
  }
  const moved =
    MOVEMENTS.has(tensor.op) &&
    (tensor.op === 'gather' || others.every((other) => other === first));
  return moved ? fill(tensor.shape, first, tensor.dtype) : tensor;
}

/** Computes what depends on constants only, as long as the result is not larger than they are. */
export function foldConstants(tensor: Tensor): Tensor {
  const { inputs, shape } = tensor;
  if (inputs.length === 0 || !inputs.every(isConstant) || !isNumericShape(shape)) return tensor;
  const limit = Math.max(
    FOLDED_ELEMENTS,
    ...inputs.map((x) => (isOp(x, 'constant') ? x.attrs.data.length : 0)),
  );
  if (elementCount(shape) > limit) return tensor;
  const values = new Map<Tensor, Value>(
    inputs.map((input) => [input, compute(input as Tensor<'fill'>, new Map(), {})]),
  );
  const { data } = compute(tensor as Tensor<'add'>, values, {});
  const uniform = data.length > 0 && data.every((value) => Object.is(value, data[0]));
  return uniform ? fill(shape, data[0]!, tensor.dtype) : constant(data, shape, tensor.dtype);
}

/** The number that a splat repeats; undefined for any other tensor. */
export function splatValue(tensor: Tensor): number | undefined {
  return isOp(tensor, 'fill') ? tensor.attrs.value : undefined;
}

function isScalarOp(tensor: Tensor): tensor is Tensor<ScalarPrimitive> {
  return Object.hasOwn(SCALAR_FUNCTIONS, tensor.op);
}

function isConstant(tensor: Tensor): boolean {
  return isNumericShape(tensor.shape) && (isOp(tensor, 'fill') || isOp(tensor, 'constant'));
}
