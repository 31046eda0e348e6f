import { reapply } from '../apply.js';
import { SCALAR_FUNCTIONS } from '../interpreter/scalar-functions.js';
import { broadcastTo } from '../ops/movement.js';
import { fill } from '../ops/source.js';
import { sameShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';

/**
 * Element-wise primitives broadcast by themselves: they take their inputs before repetition, and
 * what is the same everywhere is computed once and repeated afterwards.
 */
export function absorbBroadcasts(tensor: Tensor): Tensor {
  const elementwise = Object.hasOwn(SCALAR_FUNCTIONS, tensor.op) || tensor.op === 'cast';
  if (!elementwise || !tensor.inputs.some(isRepeated)) return tensor;
  const smaller = reapply(tensor, tensor.inputs.map(beforeRepetition));
  return sameShape(smaller.shape, tensor.shape) ? smaller : broadcastTo(smaller, tensor.shape);
}

function isRepeated(tensor: Tensor): boolean {
  return beforeRepetition(tensor) !== tensor;
}

/** The tensor without leading and repeated dimensions that broadcasting restores. */
function beforeRepetition(tensor: Tensor): Tensor {
  if (isOp(tensor, 'fill'))
    return tensor.shape.length === 0 ? tensor : fill([], tensor.attrs.value, tensor.dtype);
  if (isOp(tensor, 'broadcastTo')) return tensor.inputs[0]!;
  if (!isOp(tensor, 'reshape')) return tensor;
  const [x] = tensor.inputs as [Tensor];
  const leading = tensor.shape.findIndex((dim) => dim !== 1);
  const rest = leading < 0 ? [] : tensor.shape.slice(leading);
  return leading > 0 && sameShape(rest, x.shape) ? x : tensor;
}
