import { evaluateDim } from '../dim.js';
import type { DType } from '../dtype.js';
import { feedMissing, feedUnknown, feedValue, sizeNegative } from '../errors.js';
import type { Program } from '../program.js';
import type { Tensor } from '../tensor.js';
import { topologicalOrder } from '../topological-order.js';
import { bindSymbols } from './bind-symbols.js';
import type { SymbolSizes } from './bind-symbols.js';
import { KERNELS } from './kernel-table.js';
import type { ComputedPrimitive } from './kernel-table.js';
import { assertSize } from './value.js';
import type { Value } from './value.js';

/** A concrete input of the interpreter; any {@link TensorData} is one. */
export interface Feed {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * Runs a program in double precision: the reference that every executor is tested against. Slow,
 * exact, and strict about what it is fed. Bools are 0 and 1.
 *
 * @param feeds one tensor per input of the program; symbols take their sizes from the shapes
 * @throws LIMAML_ERR_GRAPH_FEED_* for feeds that do not fit, LIMAML_ERR_GRAPH_DIM_UNBOUND,
 *   LIMAML_ERR_GRAPH_INDEX_RANGE; LIMAML_ERR_GRAPH_RANGE, LIMAML_ERR_GRAPH_SIZE_NEGATIVE when a slice
 *   or a size does not fit the sizes of the symbols
 * @example
 * ```ts
 * const { y } = interpret(program, { x: { shape: [2], data: [-1, 1] } });
 * ```
 */
export function interpret(
  program: Program,
  feeds: Readonly<Record<string, Feed>>,
): Record<string, Value> {
  assertFeeds(program, feeds);
  const sizes = bindSymbols(
    Object.entries(program.inputs).map(([name, { shape }]) => ({
      name,
      declared: shape,
      actual: feeds[name]!.shape,
    })),
  );
  const values = new Map<Tensor, Value>();
  for (const [name, input] of Object.entries(program.inputs))
    values.set(input, toValue(feeds[name]!));
  for (const tensor of topologicalOrder(Object.values(program.outputs))) {
    if (!values.has(tensor))
      values.set(tensor, compute(tensor as Tensor<ComputedPrimitive>, values, sizes));
  }
  return Object.fromEntries(
    Object.entries(program.outputs).map(([name, output]) => [name, values.get(output)!]),
  );
}

/** Applies a primitive to concrete values. */
export function compute<P extends ComputedPrimitive>(
  tensor: Tensor<P>,
  values: ReadonlyMap<Tensor, Value>,
  sizes: SymbolSizes,
): Value {
  const size = (dim: number | string): number => evaluateDim(dim, sizes);
  const shape = tensor.shape.map(size);
  if (shape.some((dim) => dim < 0)) throw sizeNegative(tensor.op, tensor.shape, shape);
  const inputs = tensor.inputs.map((input) => values.get(input)!);
  return { shape, data: KERNELS[tensor.op](tensor, inputs, { shape, size }) };
}

function assertFeeds({ inputs }: Program, feeds: Readonly<Record<string, Feed>>): void {
  for (const name of Object.keys(feeds)) {
    if (!Object.hasOwn(inputs, name)) throw feedUnknown(name, Object.keys(inputs));
  }
  for (const [name, { shape, dtype }] of Object.entries(inputs)) {
    const feed = feeds[name];
    if (!feed) throw feedMissing(name, shape);
    assertSize(name, feed.shape, feed.data);
    assertValues(name, feed.data, dtype);
  }
}

function assertValues(name: string, data: ArrayLike<number>, dtype: DType): void {
  if (dtype === 'float32') return;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    const valid = dtype === 'bool' ? value === 0 || value === 1 : value === (value | 0);
    if (!valid) throw feedValue(name, value, i, dtype);
  }
}

function toValue({ shape, data }: Feed): Value {
  return { shape, data: Float64Array.from(data) };
}
