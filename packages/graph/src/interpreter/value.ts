import { feedSize } from '../errors.js';

/** A concrete tensor of the interpreter: row-major doubles, whatever the type. */
export interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** How far apart neighbours along each axis lie in row-major order. */
export function stridesOf(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
}

/** Strides that repeat a value over a broadcast shape: 0 along the axes that are stretched. */
export function broadcastStrides(
  from: readonly number[],
  to: readonly number[],
): readonly number[] {
  const strides = stridesOf(from);
  const extra = to.length - from.length;
  return to.map((_, axis) =>
    axis < extra || from[axis - extra] === 1 ? 0 : strides[axis - extra]!,
  );
}

/** Source positions of all elements of `shape`, in row-major order, when the source has these strides. */
export function positions(
  shape: readonly number[],
  strides: readonly number[],
  start = 0,
): Int32Array {
  const count = elementCount(shape);
  const result = new Int32Array(count);
  const index = shape.map(() => 0);
  for (let i = 0, position = start; i < count; i++) {
    result[i] = position;
    position += advance(index, shape, strides);
  }
  return result;
}

/** Moves a multi-index one element on; returns by how much the source position changes. */
function advance(index: number[], shape: readonly number[], strides: readonly number[]): number {
  let moved = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis]!++;
    moved += strides[axis]!;
    if (index[axis]! < shape[axis]!) return moved;
    moved -= index[axis]! * strides[axis]!;
    index[axis] = 0;
  }
  return moved;
}

/** Reads a value at positions. */
export function take(data: Float64Array, at: Int32Array): Float64Array {
  const result = new Float64Array(at.length);
  for (let i = 0; i < at.length; i++) result[i] = data[at[i]!]!;
  return result;
}

/** Repeats a value over a shape. */
export function stretch({ shape, data }: Value, to: readonly number[]): Float64Array {
  const same = shape.length === to.length && shape.every((dim, axis) => dim === to[axis]);
  return same ? data : take(data, positions(to, broadcastStrides(shape, to)));
}

/** Checks that there are as many numbers as the shape holds. */
export function assertSize(name: string, shape: readonly number[], data: ArrayLike<number>): void {
  if (data.length !== elementCount(shape)) throw feedSize(name, data.length, shape);
}
