import { apply } from '../apply.js';
import { addDims, subtractDims } from '../dim.js';
import type { Dim } from '../dim.js';
import { broadcastTo, concat, pad, reshape, slice, transpose } from '../ops/movement.js';
import { sameShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';

/** Chains of movements become one movement or none: reshape of reshape, slice of concat, slice of pad… */
export function simplifyMovement(tensor: Tensor): Tensor {
  const [x] = tensor.inputs;
  if (!x) return tensor;
  if (isOp(tensor, 'reshape')) return simplifyReshape(tensor, x);
  if (isOp(tensor, 'transpose')) return simplifyTranspose(tensor, x);
  if (isOp(tensor, 'broadcastTo')) return simplifyBroadcast(tensor, x);
  if (isOp(tensor, 'slice')) return simplifySlice(tensor, x);
  if (isOp(tensor, 'pad')) return simplifyPad(tensor, x);
  if (isOp(tensor, 'concat')) return simplifyConcat(tensor, x);
  return tensor;
}

function simplifyReshape(tensor: Tensor, x: Tensor): Tensor {
  if (sameShape(tensor.shape, x.shape)) return x;
  if (isOp(x, 'reshape')) return reshape(x.inputs[0]!, tensor.shape);
  if (isOp(x, 'sum') || isOp(x, 'max')) return reshapeOfReduction(tensor, x);
  if (isOp(x, 'concat')) return reshapeOfConcat(tensor, x);
  return isOp(x, 'pad') ? reshapeOfPad(tensor, x) : tensor;
}

/** Reductions keep or drop their axes themselves. */
function reshapeOfReduction(tensor: Tensor, reduced: Tensor<'sum' | 'max'>): Tensor {
  const { op, attrs, inputs } = reduced;
  const other = apply(op, inputs, { ...attrs, keepDims: !attrs.keepDims });
  return sameShape(other.shape, tensor.shape) ? other : tensor;
}

/** Joining rows of matrices leaves the last axis alone, so it may come first. */
function reshapeOfConcat(tensor: Tensor, joined: Tensor<'concat'>): Tensor {
  const { axis } = joined.attrs;
  if (!joinsRows(tensor, joined) || axis !== joined.shape.length - 1) return tensor;
  const parts = joined.inputs.map((part) =>
    reshape(part, [...tensor.shape.slice(0, -1), part.shape[axis]!]),
  );
  return concat(parts, tensor.shape.length - 1);
}

function reshapeOfPad(tensor: Tensor, padded: Tensor<'pad'>): Tensor {
  const { axis, before, after } = padded.attrs;
  if (!joinsRows(tensor, padded) || axis !== padded.shape.length - 1) return tensor;
  const [x] = padded.inputs as [Tensor];
  return pad(
    reshape(x, [...tensor.shape.slice(0, -1), x.shape[axis]!]),
    tensor.shape.length - 1,
    before,
    after,
  );
}

function joinsRows(tensor: Tensor, x: Tensor): boolean {
  return tensor.shape.length === 2 && x.shape.length > 2 && tensor.shape[1] === x.shape.at(-1);
}

function simplifyTranspose(tensor: Tensor<'transpose'>, x: Tensor): Tensor {
  const { perm } = tensor.attrs;
  if (perm.every((axis, position) => axis === position)) return x;
  if (isOp(x, 'transpose'))
    return transpose(
      x.inputs[0]!,
      perm.map((axis) => x.attrs.perm[axis]!),
    );
  // When only axes of size 1 change places, the elements stay in order.
  const moving = perm.filter((axis) => x.shape[axis] !== 1);
  const inOrder = moving.every((axis, position) => position === 0 || axis > moving[position - 1]!);
  return inOrder ? reshape(x, tensor.shape) : tensor;
}

function simplifyBroadcast(tensor: Tensor, x: Tensor): Tensor {
  if (sameShape(tensor.shape, x.shape)) return x;
  if (isOp(x, 'broadcastTo')) return broadcastTo(x.inputs[0]!, tensor.shape);
  const extra = tensor.shape.length - x.shape.length;
  const onlyAddsOnes = sameShape(
    [...tensor.shape.slice(0, extra).map(() => 1), ...x.shape],
    tensor.shape,
  );
  return onlyAddsOnes ? reshape(x, tensor.shape) : tensor;
}

function simplifySlice(tensor: Tensor<'slice'>, x: Tensor): Tensor {
  const { axis, start, end } = tensor.attrs;
  if (start === 0 && end === x.shape[axis]) return x;
  if (isOp(x, 'slice') && x.attrs.axis === axis) {
    return slice(x.inputs[0]!, axis, addDims(x.attrs.start, start), addDims(x.attrs.start, end));
  }
  if (isOp(x, 'concat') && x.attrs.axis === axis) return sliceOfConcat(tensor, x);
  if (isOp(x, 'pad') && x.attrs.axis === axis) return sliceOfPad(tensor, x);
  return isOp(x, 'broadcastTo') ? sliceOfBroadcast(tensor, x) : tensor;
}

/** A slice that lies within one of the joined tensors. */
function sliceOfConcat(tensor: Tensor<'slice'>, joined: Tensor<'concat'>): Tensor {
  const { axis, start, end } = tensor.attrs;
  let offset: Dim = 0;
  for (const part of joined.inputs) {
    const next = addDims(offset, part.shape[axis]!);
    const from = subtractDims(start, offset);
    if (isAtLeastZero(from) && isAtLeastZero(subtractDims(next, end))) {
      return slice(part, axis, from, subtractDims(end, offset));
    }
    offset = next;
  }
  return tensor;
}

/** A slice that lies within what was padded. */
function sliceOfPad(tensor: Tensor<'slice'>, padded: Tensor<'pad'>): Tensor {
  const { axis, start, end } = tensor.attrs;
  const [x] = padded.inputs as [Tensor];
  const from = subtractDims(start, padded.attrs.before);
  const to = subtractDims(end, padded.attrs.before);
  const within = isAtLeastZero(from) && isAtLeastZero(subtractDims(x.shape[axis]!, to));
  return within ? slice(x, axis, from, to) : tensor;
}

/** A slice along an axis that was repeated is a smaller repetition. */
function sliceOfBroadcast(tensor: Tensor<'slice'>, repeated: Tensor<'broadcastTo'>): Tensor {
  const [x] = repeated.inputs as [Tensor];
  const axis = tensor.attrs.axis - (repeated.shape.length - x.shape.length);
  return axis < 0 || x.shape[axis] === 1 ? broadcastTo(x, tensor.shape) : tensor;
}

function simplifyPad(tensor: Tensor<'pad'>, x: Tensor): Tensor {
  const { axis, before, after } = tensor.attrs;
  if (before === 0 && after === 0) return x;
  if (!isOp(x, 'pad') || x.attrs.axis !== axis) return tensor;
  return pad(x.inputs[0]!, axis, addDims(before, x.attrs.before), addDims(x.attrs.after, after));
}

function simplifyConcat(tensor: Tensor<'concat'>, first: Tensor): Tensor {
  if (tensor.inputs.length === 1) return first;
  const { axis } = tensor.attrs;
  const nested = tensor.inputs.some((input) => isOp(input, 'concat') && input.attrs.axis === axis);
  if (!nested) return tensor;
  const flat = tensor.inputs.flatMap((input) =>
    isOp(input, 'concat') && input.attrs.axis === axis ? input.inputs : [input],
  );
  return concat(flat, axis);
}

/** Symbols are never negative; other symbolic differences are not decided. */
function isAtLeastZero(dim: Dim): boolean {
  return typeof dim === 'number' ? dim >= 0 : !dim.includes('-');
}
