import type { Dim } from '../dim.js';
import { dtypeMismatch, rankTooSmall, shapeMismatch } from '../errors.js';
import { broadcastShapes, sameShape } from '../shape.js';
import type { Shape, TensorSpec } from '../shape.js';
import type { Application, Tensor } from '../tensor.js';

export function matMulRule({ inputs, attrs }: Application<'matMul'>): TensorSpec {
  const [a, b] = inputs as [Tensor, Tensor];
  if (a.dtype !== 'float32' || b.dtype !== 'float32')
    throw dtypeMismatch('matMul', [a.dtype, b.dtype], 'float32');
  const [rows, inner] = matrixDims(a.shape, attrs.transposeA);
  const [innerB, columns] = matrixDims(b.shape, attrs.transposeB);
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (inner !== innerB || !batch) throw matMulMismatch(a, b, attrs);
  return { shape: [...batch, rows, columns], dtype: 'float32' };
}

function matrixDims(shape: Shape, transposed: boolean): readonly [Dim, Dim] {
  const [rows, columns] = shape.slice(-2);
  if (rows === undefined || columns === undefined) throw rankTooSmall('matMul', shape, 2);
  return transposed ? [columns, rows] : [rows, columns];
}

function matMulMismatch(a: Tensor, b: Tensor, attrs: Application<'matMul'>['attrs']): Error {
  const flags = Object.entries(attrs).filter(([, set]) => set);
  const suffix = flags.length === 0 ? '' : ` with ${flags.map(([name]) => name).join(' and ')}`;
  return shapeMismatch(
    'matMul',
    a.shape,
    b.shape,
    `[…, m, k] and […, k, n]${suffix}, batch dimensions that broadcast`,
  );
}

/** Sum or maximum over axes. */
export function reduction({ op, inputs, attrs }: Application<'sum' | 'max'>): TensorSpec {
  const [x] = inputs as [Tensor];
  if (x.dtype === 'bool') throw dtypeMismatch(op, [x.dtype], 'float32 or int32');
  const shape = attrs.keepDims
    ? x.shape.map((dim, axis) => (attrs.axes.includes(axis) ? 1 : dim))
    : x.shape.filter((_, axis) => !attrs.axes.includes(axis));
  return { shape, dtype: x.dtype };
}

export function gatherRule({ inputs }: Application<'gather'>): TensorSpec {
  const [table, indices] = inputs as [Tensor, Tensor];
  if (indices.dtype !== 'int32')
    throw dtypeMismatch('gather', [table.dtype, indices.dtype], 'int32 indices');
  if (table.shape.length === 0) throw rankTooSmall('gather', table.shape, 1);
  return { shape: [...indices.shape, ...table.shape.slice(1)], dtype: table.dtype };
}

export function scatterAddRule({ inputs, attrs }: Application<'scatterAdd'>): TensorSpec {
  const [indices, updates] = inputs as [Tensor, Tensor];
  if (indices.dtype !== 'int32' || updates.dtype !== 'float32') {
    throw dtypeMismatch(
      'scatterAdd',
      [indices.dtype, updates.dtype],
      'int32 indices and float32 updates',
    );
  }
  const rank = indices.shape.length;
  if (!sameShape(updates.shape.slice(0, rank), indices.shape)) {
    throw shapeMismatch(
      'scatterAdd',
      indices.shape,
      updates.shape,
      'updates whose shape begins with that of the indices',
    );
  }
  return { shape: [attrs.rows, ...updates.shape.slice(rank)], dtype: 'float32' };
}
