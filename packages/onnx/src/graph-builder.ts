import { create } from '@bufbuild/protobuf';
import type { DType } from '@limaml/graph';
import { ELEMENT_TYPE, typedArray } from './element-type.js';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from './generated/onnx_pb.js';

/** Name of a value in the ONNX graph. */
export type Value = string;

/** What a node's attribute may hold here. */
export type Attribute = number | readonly number[] | string | TensorProto | GraphProto;

/** Initialisers up to this size are compared by content, so that equal ones are stored once. */
const SHAREABLE_BYTES = 64;

/** Collects the nodes and initialisers of one ONNX graph. */
export class GraphBuilder {
  #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #shared = new Map<string, Value>();
  readonly #computed = new Set<Value>();
  readonly #outputs = new Map<Value, string>();
  readonly #reserved: ReadonlySet<string>;
  #count = 0;

  /** @param reserved names of the ports, which no other value may take */
  constructor(reserved: Iterable<string>) {
    this.#reserved = new Set(reserved);
  }

  /** Adds a node with one output and returns the output. */
  node(
    opType: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    const name = this.#fresh();
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    this.#nodes.push(
      create(NodeProtoSchema, { opType, name, input: [...inputs], output: [name], attribute }),
    );
    this.#computed.add(name);
    return name;
  }

  /** The result of one of two branches. Each adds its nodes when it is called, and they run only when it is taken. */
  choose(condition: Value, whenTrue: () => Value, whenFalse: () => Value): Value {
    const branches = { then_branch: this.#branch(whenTrue), else_branch: this.#branch(whenFalse) };
    return this.node('If', [condition], branches);
  }

  /** A constant scalar. */
  scalar(value: number, dtype: DType): Value {
    return this.tensor(dtype, [], [value]);
  }

  /** A constant tensor, its elements in row-major order. */
  tensor(dtype: DType, shape: readonly number[], data: ArrayLike<number>): Value {
    return this.#initializer(tensorProto(dtype, shape, data));
  }

  /** A constant vector of integers, which is how ONNX takes shapes and axes. */
  int64s(values: readonly number[]): Value {
    const rawData = bytesOf(BigInt64Array.from(values, BigInt));
    return this.#initializer(
      create(TensorProtoSchema, {
        dataType: TensorProto_DataType.INT64,
        dims: [BigInt(values.length)],
        rawData,
      }),
    );
  }

  /** Makes a value an output of the graph. A value that is something else already gets a copy to carry the name. */
  output(name: string, value: Value): void {
    const free = this.#computed.has(value) && !this.#outputs.has(value);
    this.#outputs.set(free ? value : this.node('Identity', [value]), name);
  }

  /** Everything collected, with outputs under their own names. */
  finish(): Pick<GraphProto, 'node' | 'initializer'> {
    renameValues(this.#nodes, this.#outputs);
    return { node: this.#nodes, initializer: this.#initializers };
  }

  #branch(body: () => Value): GraphProto {
    const outer = this.#nodes;
    this.#nodes = [];
    const name = body();
    const branch = create(GraphProtoSchema, { name, node: this.#nodes, output: [{ name }] });
    this.#nodes = outer;
    return branch;
  }

  #initializer(tensor: TensorProto): Value {
    const key =
      tensor.rawData.length <= SHAREABLE_BYTES
        ? `${tensor.dataType}:${tensor.dims.join()}:${tensor.rawData.join()}`
        : '';
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    tensor.name = this.#fresh();
    this.#initializers.push(tensor);
    if (key !== '') this.#shared.set(key, tensor.name);
    return tensor.name;
  }

  #fresh(): Value {
    let name: Value;
    do name = `v${this.#count++}`;
    while (this.#reserved.has(name));
    return name;
  }
}

/** A constant as ONNX stores it. */
export function tensorProto(
  dtype: DType,
  shape: readonly number[],
  data: ArrayLike<number>,
): TensorProto {
  const rawData = bytesOf(typedArray(dtype, data));
  return create(TensorProtoSchema, {
    dataType: ELEMENT_TYPE[dtype],
    dims: shape.map(BigInt),
    rawData,
  });
}

/** ONNX keeps raw data little-endian: the byte order of every platform that ONNX Runtime supports. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  const type = AttributeProto_AttributeType;
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: type.INT, i: BigInt(value) });
  if (typeof value === 'string') {
    return create(AttributeProtoSchema, {
      name,
      type: type.STRING,
      s: new TextEncoder().encode(value),
    });
  }
  if ('initializer' in value) {
    return create(AttributeProtoSchema, { name, type: type.GRAPH, g: value });
  }
  if ('dataType' in value)
    return create(AttributeProtoSchema, { name, type: type.TENSOR, t: value });
  return create(AttributeProtoSchema, { name, type: type.INTS, ints: value.map(BigInt) });
}

/** Renames values wherever they are named, branches included. */
function renameValues(nodes: readonly NodeProto[], names: ReadonlyMap<Value, string>): void {
  const rename = (value: Value): string => names.get(value) ?? value;
  for (const node of nodes) {
    node.input = node.input.map(rename);
    node.output = node.output.map(rename);
    for (const { g } of node.attribute) if (g) renameValues(g.node, names);
  }
}
