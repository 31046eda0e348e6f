import { LimamlError, didYouMean } from '@limaml/errors';
import type { DType } from './dtype.js';

/** A shape as an error message sees it. */
type Sizes = readonly (number | string)[];

/** Spells a shape: `[T, 3]`. */
export function spellShape(shape: Sizes): string {
  return `[${shape.join(', ')}]`;
}

export function dimInvalid(dim: number | string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_DIM_INVALID',
    what: `${JSON.stringify(dim)} is not a dimension`,
    expected:
      "a non-negative integer, a name such as 'T', or sums and products of them such as 'Q+S' or '2*T'",
    fix: 'Correct the shape; a name starts with a letter and holds no white space',
  });
}

export function dimUnbound(dim: number | string, missing: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_DIM_UNBOUND',
    what: `Dimension ${JSON.stringify(dim)} has no size`,
    where: { symbols: missing.join(', ') },
    expected: 'every symbol to be a whole dimension of some input, or bound to a number',
    fix: `Bind it first: bindDims(program, { ${missing.map((name) => `'${name}': 32`).join(', ')} })`,
  });
}

export function shapeMismatch(op: string, a: Sizes, b: Sizes, expected: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_SHAPE_MISMATCH',
    what: `${op} cannot combine shapes ${spellShape(a)} and ${spellShape(b)}`,
    where: { op },
    expected,
    fix: 'Reshape, transpose or broadcast one of them',
  });
}

export function rankTooSmall(op: string, shape: Sizes, rank: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_RANK',
    what: `${op} got shape ${spellShape(shape)}`,
    where: { op },
    expected: `at least ${rank} dimension${rank === 1 ? '' : 's'}`,
    fix: 'Add the missing dimensions with expandDims',
  });
}

export function dtypeMismatch(op: string, got: readonly string[], expected: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_DTYPE',
    what: `${op} cannot take ${got.join(' and ')}`,
    where: { op },
    expected,
    fix: 'Convert with cast(x, dtype)',
  });
}

export function axisOutOfRange(op: string, axis: number, shape: Sizes): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_AXIS',
    what: `${op} has no axis ${axis} in shape ${spellShape(shape)}`,
    where: { op },
    expected: `an integer from ${-shape.length} to ${shape.length - 1}, each at most once`,
    fix: 'Count axes from 0, or from −1 backwards',
  });
}

export function reshapeSize(from: Sizes, to: Sizes): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_RESHAPE',
    what: `reshape cannot turn shape ${spellShape(from)} into ${spellShape(to)}`,
    where: { op: 'reshape' },
    expected: 'the same number of elements for every value of the symbols',
    fix: 'Check the product of the dimensions on both sides',
  });
}

export function permutationInvalid(perm: readonly number[], shape: Sizes): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_PERMUTATION',
    what: `transpose got permutation ${spellShape(perm)} for shape ${spellShape(shape)}`,
    where: { op: 'transpose' },
    expected: `each axis from 0 to ${shape.length - 1} exactly once`,
    fix: 'Correct perm, or leave it out to reverse the axes',
  });
}

export function rangeInvalid(op: string, range: Sizes, axis: number, shape: Sizes): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_RANGE',
    what: `${op} got ${range.join(' and ')} on axis ${axis} of shape ${spellShape(shape)}`,
    where: { op },
    expected: op === 'slice' ? '0 ≤ start ≤ end ≤ size' : 'amounts of padding ≥ 0',
    fix: 'Correct the two numbers',
  });
}

export function sizeNegative(op: string, shape: Sizes, sizes: readonly number[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_SIZE_NEGATIVE',
    what: `${op} of shape ${spellShape(shape)} would have shape ${spellShape(sizes)}`,
    where: { op },
    expected: 'sizes of symbols that leave every dimension at 0 or more',
    fix: 'Feed larger tensors, or correct the dimension that is subtracted',
  });
}

export function constantSize(elements: number, shape: Sizes): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_CONSTANT_SIZE',
    what: `${elements} number${elements === 1 ? '' : 's'} cannot fill a constant of shape ${spellShape(shape)}`,
    where: { op: 'constant' },
    expected: 'a numeric shape with as many elements as the data',
    fix: 'Correct the shape, or use fill(shape, value) for one repeated number',
  });
}

export function concatEmpty(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_CONCAT_EMPTY',
    what: 'concat got no tensors',
    where: { op: 'concat' },
    expected: 'at least one tensor',
  });
}

export function foreignInput(name: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_FOREIGN_INPUT',
    what: `The outputs depend on input "${name}" of another program`,
    where: { input: name },
    expected: 'outputs built from the inputs that the traced function receives, and constants',
    fix: 'Pass the tensor as an input of this program too',
  });
}

export function lossNotScalar(shape: Sizes, dtype: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_LOSS',
    what: `grad got a loss of shape ${spellShape(shape)} and type ${dtype}`,
    where: { op: 'grad' },
    expected: 'a float32 scalar, shape []',
    fix: 'Reduce it with sum(loss) or mean(loss)',
  });
}

export function wrtNotFloat(position: number, dtype: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_WRT',
    what: `grad cannot differentiate with respect to a tensor of type ${dtype}`,
    where: { op: 'grad', position },
    expected: 'float32 tensors',
  });
}

/** @param program its name, where it has one */
export function feedMissing(name: string, shape: Sizes, program?: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_FEED_MISSING',
    what: `Input "${name}" is not fed`,
    where: { program, input: name },
    expected: `a tensor of shape ${spellShape(shape)}`,
  });
}

export function feedUnknown(
  name: string,
  inputs: readonly string[],
  program?: string,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_FEED_UNKNOWN',
    what: `The program has no input "${name}"`,
    where: { program, input: name },
    expected: `one of: ${inputs.join(', ') || 'none'}`,
    fix: didYouMean(name, inputs),
  });
}

export function outputUnknown(
  name: string,
  outputs: readonly string[],
  program: string,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_OUTPUT_UNKNOWN',
    what: `The program has no output "${name}" to fill`,
    where: { program, output: name },
    expected: `one of: ${outputs.join(', ')}`,
    fix: didYouMean(name, outputs),
  });
}

/** An input or an output of a program. */
export type PortPlace = Readonly<{ program: string } & ({ input: string } | { output: string })>;

export function portDtype(place: PortPlace, found: string, expected: DType): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_PORT_DTYPE',
    what: `${spellPort(place)} has element type ${found}`,
    where: place,
    expected: `${expected} in a ${ARRAY_NAMES[expected]}`,
    fix: 'Convert the data, or cast inside the program',
  });
}

export function portShape(
  place: PortPlace,
  found: Sizes,
  expected: Sizes,
  reason = '',
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_PORT_SHAPE',
    what: `${spellPort(place)} has shape ${spellShape(found)}${reason && `, but ${reason}`}`,
    where: place,
    expected: spellShape(expected),
    fix: 'Feed a tensor of the expected shape; a symbol has one size in all tensors of a run',
  });
}

export function portSize(place: PortPlace, elements: number, shape: Sizes): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_PORT_SIZE',
    what: `${spellPort(place)} holds ${elements} elements for shape ${spellShape(shape)}`,
    where: place,
    expected: 'as many elements as the shape has',
    fix: 'Pass data that is as long as its shape says',
  });
}

const ARRAY_NAMES: Readonly<Record<DType, string>> = {
  float32: 'Float32Array',
  int32: 'Int32Array',
  bool: 'Uint8Array of 0 and 1',
};

function spellPort(place: PortPlace): string {
  return 'input' in place ? `Input "${place.input}"` : `Output "${place.output}"`;
}

export function feedShape(name: string, got: Sizes, expected: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_FEED_SHAPE',
    what: `Input "${name}" is fed with shape ${spellShape(got)}`,
    where: { input: name },
    expected,
  });
}

export function feedSize(name: string, elements: number, shape: Sizes): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_FEED_SIZE',
    what: `Input "${name}" is fed with ${elements} numbers for shape ${spellShape(shape)}`,
    where: { input: name },
    expected: 'as many numbers as the shape has elements',
  });
}

export function feedValue(
  name: string,
  value: number,
  position: number,
  dtype: string,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_FEED_VALUE',
    what: `Input "${name}" of type ${dtype} is fed with ${value}`,
    where: { input: name, position },
    expected: dtype === 'bool' ? '0 or 1' : 'integers from −2³¹ to 2³¹ − 1',
  });
}

export function indexOutOfRange(op: string, index: number, rows: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_GRAPH_INDEX_RANGE',
    what: `${op} got index ${index}`,
    where: { op },
    expected: `an integer from 0 to ${rows - 1}`,
    fix: 'Map unknown ids to a reserved row before they reach the program',
  });
}
