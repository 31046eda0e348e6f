import { dimSymbols, evaluateDim } from '@limaml/graph';
import type { Dim, DType, TensorData, TensorMap, TensorSpec } from '@limaml/graph';
import * as errors from './errors.js';
import type { PortPlace } from './errors.js';

type Specs = Readonly<Record<string, TensorSpec>>;

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Checks what a run is given against what its program takes and makes. */
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

  /** @throws a coded error that names the input or output which does not fit */
  check(feeds: TensorMap, into: TensorMap): void {
    this.#checkNames(feeds, into);
    this.#sizes.clear();
    for (const input in this.#inputs) this.#checkFeed(input, feeds[input]!);
    for (const dim of this.#compound) this.#checkCompound(dim, feeds);
    for (const output in into) this.#checkBuffer(output, into[output]!);
  }

  #checkNames(feeds: TensorMap, into: TensorMap): void {
    for (const input in this.#inputs) {
      if (!feeds[input]) throw errors.missingFeed(this.#program, input, Object.keys(feeds));
    }
    for (const name in feeds) {
      if (!this.#inputs[name])
        throw errors.unknownFeed(this.#program, name, Object.keys(this.#inputs));
    }
    for (const name in into) {
      if (!this.#outputs[name])
        throw errors.unknownOutput(this.#program, name, Object.keys(this.#outputs));
    }
  }

  /** The first tensor with a symbol gives it its size. */
  #checkFeed(input: string, tensor: TensorData): void {
    const { shape, dtype } = this.#inputs[input]!;
    const place = { program: this.#program, input };
    if (tensor.shape.length !== shape.length) throw errors.wrongShape(place, tensor.shape, shape);
    for (let axis = 0; axis < shape.length; axis++) {
      const dim = shape[axis]!;
      const size = tensor.shape[axis]!;
      const expected = typeof dim === 'number' ? dim : (this.#sizes.get(dim) ?? size);
      if (size !== expected)
        throw errors.wrongShape(place, tensor.shape, shape, this.#because(dim, expected));
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
    throw errors.wrongShape(place, feeds[input]!.shape, shape, `${dim} is ${expected}`);
  }

  #checkBuffer(output: string, tensor: TensorData): void {
    const { shape, dtype } = this.#outputs[output]!;
    const place = { program: this.#program, output };
    const expected = shape.map((dim) => this.#sizes.get(String(dim)) ?? this.#sizeOf(dim) ?? dim);
    const fits =
      expected.length === tensor.shape.length &&
      expected.every((size, axis) => typeof size === 'string' || size === tensor.shape[axis]);
    if (!fits) throw errors.wrongShape(place, tensor.shape, expected);
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
  if (dtype !== expected) throw errors.wrongDtype(place, dtype, expected);
  if (!(data instanceof ARRAYS[expected])) {
    throw errors.wrongDtype(place, `${dtype} in a ${data.constructor.name}`, expected);
  }
  if (!(data.buffer instanceof ArrayBuffer)) throw errors.sharedMemory(place);
  let length = 1;
  for (const size of shape) length *= size;
  if (data.length !== length) throw errors.wrongLength(place, data.length, shape, length);
}
