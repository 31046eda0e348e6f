import { type Dim, isNumericShape, type Program, type Shape } from '@limaml/graph';
import { unknownSymbol } from './errors.js';
import type { GraphBuilder, Value } from './graph-builder.js';

/** Where the size of a symbol can be read: one axis of one input. */
interface Carrier {
  readonly input: string;
  readonly axis: number;
}

/** Computes the sizes of symbolic dimensions inside the ONNX graph, each of them once. */
export class DimValues {
  readonly #graph: GraphBuilder;
  readonly #carriers: ReadonlyMap<string, Carrier>;
  readonly #vectors = new Map<string, Value>();

  constructor(graph: GraphBuilder, inputs: Program['inputs']) {
    this.#graph = graph;
    this.#carriers = carriersOf(inputs);
  }

  /**
   * The sizes of dimensions as a vector of integers, which is how ONNX takes shapes.
   *
   * @throws LIMAML_ERR_ONNX_UNKNOWN_SYMBOL when no input tells the size of a symbol
   */
  vector(dims: Shape): Value {
    if (isNumericShape(dims)) return this.#graph.int64s(dims);
    return this.#once(dims.join(), () => {
      const parts = dims.map((dim) => this.#vectorOf(dim));
      return parts.length === 1 ? parts[0]! : this.#graph.node('Concat', parts, { axis: 0 });
    });
  }

  /** A vector of one element. A dimension that an input has as a whole is read there, else computed from its symbols. */
  #vectorOf(dim: Dim): Value {
    if (typeof dim === 'number') return this.#graph.int64s([dim]);
    return this.#once(dim, () => this.#read(dim) ?? this.#compute(dim));
  }

  #read(dim: string): Value | undefined {
    const carrier = this.#carriers.get(dim);
    return (
      carrier &&
      this.#graph.node('Shape', [carrier.input], { start: carrier.axis, end: carrier.axis + 1 })
    );
  }

  /** The canonical spelling is a sum of products of integers and symbols: `'2*B*T+S+-1'`. */
  #compute(dim: string): Value {
    const terms = dim.split('+').map((term) => {
      const factors = term.split('*').map((factor) => this.#factor(factor));
      return factors.reduce((a, b) => this.#graph.node('Mul', [a, b]));
    });
    return terms.reduce((a, b) => this.#graph.node('Add', [a, b]));
  }

  #factor(text: string): Value {
    if (!Number.isNaN(Number(text))) return this.#graph.int64s([Number(text)]);
    if (!this.#carriers.has(text)) throw unknownSymbol(text, [...this.#carriers.keys()]);
    return this.#vectorOf(text);
  }

  #once(key: string, make: () => Value): Value {
    const value = this.#vectors.get(key) ?? make();
    this.#vectors.set(key, value);
    return value;
  }
}

function carriersOf(inputs: Program['inputs']): ReadonlyMap<string, Carrier> {
  const carriers = new Map<string, Carrier>();
  for (const [input, { shape }] of Object.entries(inputs)) {
    shape.forEach((dim, axis) => {
      if (typeof dim === 'string' && !carriers.has(dim)) carriers.set(dim, { input, axis });
    });
  }
  return carriers;
}
