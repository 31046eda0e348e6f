import { dimSymbols, evaluateDim } from '@limaml/graph';
import type { Dim, DType, Program, Shape, TensorData, TensorMap, TensorSpec } from '@limaml/graph';
import * as errors from './errors.js';
import type { PortPlace } from './errors.js';

/** The size of a dimension in one run. */
export type SizeOf = (dim: Dim) => number;

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/**
 * Checks what a run is given against what its program takes and makes.
 *
 * @returns the sizes of dimensions, read off the feeds
 * @throws a coded error that names the input or output which does not fit
 */
export function checkPorts(
  name: string,
  program: Program,
  feeds: TensorMap,
  into: TensorMap,
): SizeOf {
  checkNames(name, program, feeds, into);
  const sizes = bindSymbols(name, program, feeds);
  const sizeOf = createSizeOf(sizes);
  for (const [input, declared] of Object.entries(program.inputs)) {
    checkTensor(feeds[input]!, declared, { program: name, input }, sizeOf);
  }
  for (const [output, tensor] of Object.entries(into)) {
    checkTensor(tensor, program.outputs[output]!, { program: name, output }, sizeOf);
  }
  return sizeOf;
}

function checkNames(name: string, program: Program, feeds: TensorMap, into: TensorMap): void {
  const inputs = Object.keys(program.inputs);
  const outputs = Object.keys(program.outputs);
  const missing = inputs.find((input) => !feeds[input]);
  if (missing !== undefined) throw errors.missingFeed(name, missing, Object.keys(feeds));
  const stranger = Object.keys(feeds).find((feed) => !inputs.includes(feed));
  if (stranger !== undefined) throw errors.unknownFeed(name, stranger, inputs);
  const unknown = Object.keys(into).find((buffer) => !outputs.includes(buffer));
  if (unknown !== undefined) throw errors.unknownOutput(name, unknown, outputs);
}

/** The first feed with a symbol gives it its size. */
function bindSymbols(
  name: string,
  { inputs }: Program,
  feeds: TensorMap,
): Readonly<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const [input, { shape }] of Object.entries(inputs)) {
    const found = feeds[input]!.shape;
    if (found.length !== shape.length)
      throw errors.wrongShape({ program: name, input }, found, shape, '');
    shape.forEach((dim, axis) => {
      if (typeof dim === 'string' && dimSymbols(dim)[0] === dim) sizes[dim] ??= found[axis]!;
    });
  }
  return sizes;
}

/** Remembers what it evaluated: the same few dimensions are asked for again and again. */
function createSizeOf(sizes: Readonly<Record<string, number>>): SizeOf {
  const known = new Map<Dim, number>(Object.entries(sizes));
  return (dim) => {
    if (typeof dim === 'number') return dim;
    const size = known.get(dim) ?? evaluateDim(dim, sizes);
    known.set(dim, size);
    return size;
  };
}

function checkTensor(
  tensor: TensorData,
  { shape, dtype }: TensorSpec,
  place: PortPlace,
  sizeOf: SizeOf,
): void {
  const fits =
    tensor.shape.length === shape.length &&
    shape.every((dim, axis) => sizeOf(dim) === tensor.shape[axis]);
  if (!fits) throw errors.wrongShape(place, tensor.shape, shape, spellSizes(shape, sizeOf));
  checkData(tensor, dtype, place);
}

function spellSizes(shape: Shape, sizeOf: SizeOf): string {
  const symbolic = shape.filter((dim) => typeof dim === 'string');
  return symbolic.map((dim) => `${dim} is ${sizeOf(dim)}`).join(', ');
}

function checkData({ dtype, data, shape }: TensorData, expected: DType, place: PortPlace): void {
  if (dtype !== expected) throw errors.wrongDtype(place, dtype, expected);
  if (!(data instanceof ARRAYS[expected])) {
    throw errors.wrongDtype(place, `${dtype} in a ${data.constructor.name}`, expected);
  }
  const length = shape.reduce((product, size) => product * size, 1);
  if (data.length !== length) throw errors.wrongLength(place, data.length, shape, length);
}
