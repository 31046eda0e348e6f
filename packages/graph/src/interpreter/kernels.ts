import type { DType } from '../dtype.js';
import { indexOutOfRange, rangeInvalid } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { broadcastStrides, elementCount, positions, stretch, stridesOf, take } from './value.js';
import type { Value } from './value.js';

/** What a kernel knows besides its inputs: the result's shape and the sizes of symbols. */
export interface KernelContext {
  readonly shape: readonly number[];
  readonly size: (dim: number | string) => number;
}

/** Computes the elements of a result. */
export type Kernel<Op extends Tensor> = (
  result: Op,
  inputs: readonly Value[],
  context: KernelContext,
) => Float64Array;

/** An element-wise kernel from a function of numbers. */
export function elementwise(fn: (x: number, y: number, z: number) => number): Kernel<Tensor> {
  return (_, inputs, { shape }) => {
    const [x, y, z] = inputs.map((input) => stretch(input, shape));
    const data = new Float64Array(elementCount(shape));
    for (let i = 0; i < data.length; i++) data[i] = fn(x![i]!, y ? y[i]! : 0, z ? z[i]! : 0);
    return data;
  };
}

const CONVERSIONS: Readonly<Record<DType, (x: number) => number>> = {
  float32: (x) => x,
  int32: Math.trunc,
  bool: (x) => Number(x !== 0),
};

export const castKernel: Kernel<Tensor<'cast'>> = ({ attrs }, [x]) =>
  x!.data.map(CONVERSIONS[attrs.dtype]);

export const matMulKernel: Kernel<Tensor<'matMul'>> = ({ attrs }, inputs, { shape }) => {
  const [a, b] = inputs as [Value, Value];
  const [m, n] = shape.slice(-2) as [number, number];
  const inner = a.shape.at(attrs.transposeA ? -2 : -1)!;
  const batch = shape.slice(0, -2);
  const starts = [a, b].map(({ shape: s }) => positions(batch, matrixStrides(s, batch)));
  const result = new Float64Array(elementCount(shape));
  const stepsA = attrs.transposeA ? [1, m] : [inner, 1];
  const stepsB = attrs.transposeB ? [1, inner] : [n, 1];
  for (let t = 0; t < starts[0]!.length; t++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let dot = 0;
        for (let k = 0; k < inner; k++) {
          const left = a.data[starts[0]![t]! + i * stepsA[0]! + k * stepsA[1]!]!;
          dot += left * b.data[starts[1]![t]! + k * stepsB[0]! + j * stepsB[1]!]!;
        }
        result[(t * m + i) * n + j] = dot;
      }
    }
  }
  return result;
};

/** Strides from matrix to matrix over broadcast batch dimensions. */
function matrixStrides(shape: readonly number[], batch: readonly number[]): readonly number[] {
  const size = shape.at(-1)! * shape.at(-2)!;
  return broadcastStrides(shape.slice(0, -2), batch).map((stride) => stride * size);
}

/** A reduction kernel from a start value and a binary function. */
export function reduction(
  initial: number,
  combine: (total: number, x: number) => number,
): Kernel<Tensor<'sum' | 'max'>> {
  return ({ attrs }, inputs, { shape }) => {
    const [x] = inputs as [Value];
    const kept = x.shape.map((dim, axis) => (attrs.axes.includes(axis) ? 1 : dim));
    const targets = positions(x.shape, broadcastStrides(kept, x.shape));
    const result = new Float64Array(elementCount(shape)).fill(initial);
    for (let i = 0; i < targets.length; i++)
      result[targets[i]!] = combine(result[targets[i]!]!, x.data[i]!);
    return result;
  };
}

/** Exponentials are of differences to the largest value, so they never overflow. */
export const softmaxKernel: Kernel<Tensor<'softmax'>> = ({ attrs: { axis } }, inputs) => {
  const [{ shape, data }] = inputs as [Value];
  const groups = shape.map((dim, other) => (other === axis ? 1 : dim));
  const group = positions(shape, broadcastStrides(groups, shape));
  const largest = new Float64Array(elementCount(groups)).fill(-Infinity);
  group.forEach((g, i) => (largest[g] = Math.max(largest[g]!, data[i]!)));
  const exponentials = data.map((x, i) => Math.exp(x - largest[group[i]!]!));
  const totals = new Float64Array(largest.length);
  group.forEach((g, i) => (totals[g]! += exponentials[i]!));
  return exponentials.map((e, i) => e / totals[group[i]!]!);
};

export const transposeKernel: Kernel<Tensor<'transpose'>> = (
  { attrs: { perm } },
  inputs,
  { shape },
) => {
  const [x] = inputs as [Value];
  const strides = stridesOf(x.shape);
  return take(
    x.data,
    positions(
      shape,
      perm.map((axis) => strides[axis]!),
    ),
  );
};

export const sliceKernel: Kernel<Tensor<'slice'>> = ({ attrs }, inputs, { shape, size }) => {
  const [x] = inputs as [Value];
  const { axis } = attrs;
  const [start, end] = [size(attrs.start), size(attrs.end)];
  if (start < 0 || end > x.shape[axis]!) throw rangeInvalid('slice', [start, end], axis, x.shape);
  const strides = stridesOf(x.shape);
  return take(x.data, positions(shape, strides, start * strides[axis]!));
};

export const padKernel: Kernel<Tensor<'pad'>> = ({ attrs }, inputs, { shape, size }) => {
  const amounts = [size(attrs.before), size(attrs.after)];
  if (amounts.some((amount) => amount < 0)) {
    throw rangeInvalid('pad', amounts, attrs.axis, inputs[0]!.shape);
  }
  const result = new Float64Array(elementCount(shape));
  place(inputs[0]!, result, shape, attrs.axis, amounts[0]!);
  return result;
};

export const concatKernel: Kernel<Tensor<'concat'>> = ({ attrs: { axis } }, inputs, { shape }) => {
  const result = new Float64Array(elementCount(shape));
  let offset = 0;
  for (const input of inputs) {
    place(input, result, shape, axis, offset);
    offset += input.shape[axis]!;
  }
  return result;
};

/** Copies a value into a larger one, at an offset along one axis. */
function place(
  x: Value,
  result: Float64Array,
  shape: readonly number[],
  axis: number,
  offset: number,
): void {
  const strides = stridesOf(shape);
  const targets = positions(x.shape, strides, offset * strides[axis]!);
  for (let i = 0; i < targets.length; i++) result[targets[i]!] = x.data[i]!;
}

export const gatherKernel: Kernel<Tensor<'gather'>> = (_, inputs, { shape }) => {
  const [table, indices] = inputs as [Value, Value];
  const rowSize = elementCount(table.shape.slice(1));
  const result = new Float64Array(elementCount(shape));
  indices.data.forEach((index, i) => {
    assertIndex('gather', index, table.shape[0]!);
    result.set(table.data.subarray(index * rowSize, (index + 1) * rowSize), i * rowSize);
  });
  return result;
};

export const scatterAddKernel: Kernel<Tensor<'scatterAdd'>> = (_, inputs, { shape }) => {
  const [indices, updates] = inputs as [Value, Value];
  const rowSize = elementCount(shape.slice(1));
  const result = new Float64Array(elementCount(shape));
  indices.data.forEach((index, i) => {
    assertIndex('scatterAdd', index, shape[0]!);
    for (let j = 0; j < rowSize; j++)
      result[index * rowSize + j]! += updates.data[i * rowSize + j]!;
  });
  return result;
};

function assertIndex(op: string, index: number, rows: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= rows)
    throw indexOutOfRange(op, index, rows);
}
