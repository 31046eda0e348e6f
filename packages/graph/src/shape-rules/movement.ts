import { addDims, multiplyDims, subtractDims } from '../dim.js';
import type { Dim } from '../dim.js';
import {
  concatEmpty,
  dtypeMismatch,
  permutationInvalid,
  rangeInvalid,
  reshapeSize,
  shapeMismatch,
} from '../errors.js';
import { broadcastShapes, sameShape } from '../shape.js';
import type { Shape, TensorSpec } from '../shape.js';
import type { Application, Tensor } from '../tensor.js';

export function reshapeRule({ inputs, attrs }: Application<'reshape'>): TensorSpec {
  const [x] = inputs as [Tensor];
  if (multiplyDims(x.shape) !== multiplyDims(attrs.shape)) throw reshapeSize(x.shape, attrs.shape);
  return { shape: attrs.shape, dtype: x.dtype };
}

export function transposeRule({ inputs, attrs: { perm } }: Application<'transpose'>): TensorSpec {
  const [x] = inputs as [Tensor];
  const complete =
    perm.length === x.shape.length && x.shape.every((_, axis) => perm.includes(axis));
  if (!complete) throw permutationInvalid(perm, x.shape);
  return { shape: perm.map((axis) => x.shape[axis]!), dtype: x.dtype };
}

export function broadcastToRule({ inputs, attrs }: Application<'broadcastTo'>): TensorSpec {
  const [x] = inputs as [Tensor];
  const shape = broadcastShapes(x.shape, attrs.shape);
  if (!shape || !sameShape(shape, attrs.shape)) {
    throw shapeMismatch(
      'broadcastTo',
      x.shape,
      attrs.shape,
      'equal dimensions or 1 in the first, aligned right',
    );
  }
  return { shape, dtype: x.dtype };
}

export function concatRule({ inputs, attrs: { axis } }: Application<'concat'>): TensorSpec {
  const [first, ...others] = inputs;
  if (!first) throw concatEmpty();
  for (const other of others) {
    if (other.dtype !== first.dtype)
      throw dtypeMismatch('concat', [first.dtype, other.dtype], 'one type for all');
    if (!sameShape(withDim(first.shape, axis, 0), withDim(other.shape, axis, 0))) {
      throw shapeMismatch(
        'concat',
        first.shape,
        other.shape,
        `shapes that differ in axis ${axis} only`,
      );
    }
  }
  const size = addDims(...inputs.map((input) => input.shape[axis]!));
  return { shape: withDim(first.shape, axis, size), dtype: first.dtype };
}

export function sliceRule({
  inputs,
  attrs: { axis, start, end },
}: Application<'slice'>): TensorSpec {
  const [x] = inputs as [Tensor];
  const size = x.shape[axis]!;
  const length = subtractDims(end, start);
  if ([start, length, subtractDims(size, end)].some(isNegative)) {
    throw rangeInvalid('slice', [start, end], axis, x.shape);
  }
  return { shape: withDim(x.shape, axis, length), dtype: x.dtype };
}

export function padRule({
  inputs,
  attrs: { axis, before, after },
}: Application<'pad'>): TensorSpec {
  const [x] = inputs as [Tensor];
  if ([before, after].some(isNegative)) throw rangeInvalid('pad', [before, after], axis, x.shape);
  return { shape: withDim(x.shape, axis, addDims(before, x.shape[axis]!, after)), dtype: x.dtype };
}

/** Symbolic amounts may turn out negative once bound; the rule runs again then. */
function isNegative(dim: Dim): boolean {
  return typeof dim === 'number' && dim < 0;
}

function withDim(shape: Shape, axis: number, size: Dim): Shape {
  return shape.map((dim, position) => (position === axis ? size : dim));
}
