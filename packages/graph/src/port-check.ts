import { dimSymbols, evaluateDim } from './dim.js';
import type { Dim } from './dim.js';
import type { DType } from './dtype.js';
import {
  feedMissing,
  feedUnknown,
  outputUnknown,
  portDtype,
  portShape,
  portSize,
} from './errors.js';
import type { PortPlace } from './errors.js';
import type { TensorData, TensorMap } from './executor.js';
import type { TensorSpec } from './shape.js';

type Specs = Readonly<Record<string, TensorSpec>>;

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/**
 * Checks what a run is given against what its program takes and makes: names, element types, shapes and
 * sizes of symbols. For executors, which check before every run: a check that passes allocates nothing
 * that grows with the program.
 *
 * @example
 * ```ts
 * const ports = new PortCheck('scores', program.inputs, program.outputs);
 * ports.check(feeds, into);
 * ```
 */
export class PortCheck {
  readonly #program: string;
  readonly #inputs: Specs;
  readonly #outputs: Specs;
  /** Symbolic dimensions of the inputs that are computed from other symbols. */
  readonly #compound: ReadonlySet<string>;
  /** Sizes of symbolic dimensions in the run being checked; kept between runs to save the allocation. */
  readonly #sizes = new Map<string, number>();

  constructor(program: string, inputs: Specs, outputs: Specs) {
    this.#program = program;
    this.#inputs = inputs;
    this.#outputs = outputs;
    const dims = Object.values(inputs).flatMap(({ shape }) => shape);
    this.#compound = new Set(dims.filter((dim) => typeof dim === 'string').filter(isCompound));
  }

  /**
   * @param feeds one tensor per input
   * @param into buffers for some of the outputs
   * @throws LIMAML_ERR_GRAPH_FEED_MISSING, LIMAML_ERR_GRAPH_FEED_UNKNOWN, LIMAML_ERR_GRAPH_OUTPUT_UNKNOWN,
   *   LIMAML_ERR_GRAPH_PORT_DTYPE, LIMAML_ERR_GRAPH_PORT_SHAPE, LIMAML_ERR_GRAPH_PORT_SIZE
   */
  check(feeds: TensorMap, into: TensorMap): void {
    this.#checkNames(feeds, into);
    this.#sizes.clear();
    for (const input in this.#inputs) this.#checkFeed(input, feeds[input]!);
    for (const dim of this.#compound) this.#checkCompound(dim, feeds);
    for (const output in into) this.#checkBuffer(output, into[output]!);
  }

  #checkNames(feeds: TensorMap, into: TensorMap): void {
    for (const input in this.#inputs) {
      if (!feeds[input]) throw feedMissing(input, this.#inputs[input]!.shape, this.#program);
    }
    for (const name in feeds) {
      if (!this.#inputs[name]) throw feedUnknown(name, Object.keys(this.#inputs), this.#program);
    }
    for (const name in into) {
      if (!this.#outputs[name])
        throw outputUnknown(name, Object.keys(this.#outputs), this.#program);
    }
  }

  /** The first tensor with a symbol gives it its size. */
  #checkFeed(input: string, tensor: TensorData): void {
    const { shape, dtype } = this.#inputs[input]!;
    const place = { program: this.#program, input };
    if (tensor.shape.length !== shape.length) throw portShape(place, tensor.shape, shape);
    for (let axis = 0; axis < shape.length; axis++) {
      const dim = shape[axis]!;
      const size = tensor.shape[axis]!;
      const expected = typeof dim === 'number' ? dim : (this.#sizes.get(dim) ?? size);
      if (size !== expected)
        throw portShape(place, tensor.shape, shape, this.#because(dim, expected));
      if (typeof dim === 'string') this.#sizes.set(dim, size);
    }
    assertData(tensor, dtype, place);
  }

  #checkCompound(dim: string, feeds: TensorMap): void {
    const expected = this.#sizeOf(dim);
    if (expected === undefined || expected === this.#sizes.get(dim)) return;
    const input = this.#carrierOf(dim)!;
    const place = { program: this.#program, input };
    const { shape } = this.#inputs[input]!;
    throw portShape(place, feeds[input]!.shape, shape, `${dim} is ${expected}`);
  }

  #checkBuffer(output: string, tensor: TensorData): void {
    const { shape, dtype } = this.#outputs[output]!;
    const place = { program: this.#program, output };
    const expected = shape.map((dim) => this.#sizes.get(String(dim)) ?? this.#sizeOf(dim) ?? dim);
    const fits =
      expected.length === tensor.shape.length &&
      expected.every((size, axis) => typeof size === 'string' || size === tensor.shape[axis]);
    if (!fits) throw portShape(place, tensor.shape, expected);
    assertData(tensor, dtype, place);
  }

  /** The size of a dimension computed from its symbols, or undefined when the inputs do not tell it. */
  #sizeOf(dim: Dim): number | undefined {
    if (typeof dim === 'number') return dim;
    const symbols = dimSymbols(dim).map((symbol) => [symbol, this.#sizes.get(symbol)] as const);
    if (symbols.some(([, size]) => size === undefined)) return undefined;
    return evaluateDim(dim, Object.fromEntries(symbols) as Record<string, number>);
  }

  #because(dim: Dim, size: number): string {
    return typeof dim === 'number'
      ? ''
      : `${dim} is ${size} in input ${JSON.stringify(this.#carrierOf(dim))}`;
  }

  #carrierOf(dim: string): string | undefined {
    return Object.keys(this.#inputs).find((name) => this.#inputs[name]!.shape.includes(dim));
  }
}

function isCompound(dim: string): boolean {
  return dimSymbols(dim)[0] !== dim;
}

function assertData({ dtype, data, shape }: TensorData, expected: DType, place: PortPlace): void {
  if (dtype !== expected) throw portDtype(place, dtype, expected);
  if (!(data instanceof ARRAYS[expected])) {
    throw portDtype(place, `${dtype} in a ${data.constructor.name}`, expected);
  }
  let length = 1;
  for (const size of shape) length *= size;
  if (data.length !== length) throw portSize(place, data.length, shape);
}
