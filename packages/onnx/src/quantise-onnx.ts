import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from './generated/onnx_pb.js';
import { parseModel } from './read-onnx.js';

/** A quantised model. */
export interface QuantisedModel {
  readonly bytes: Uint8Array;
  /** Products whose weights were quantised. */
  readonly products: number;
}

/** Weights are whole numbers from 1 to 255 around this one. */
const ZERO_POINT = 128;
const STEPS = 127;
/** Initialisers and values that the rewriting adds. */
const PREFIX = 'limaml.quantised/';

/**
 * Quantises a model dynamically to 8 bits: each product of a matrix with constant weights becomes a product of
 * whole numbers. The weights have one scale per column; what is multiplied with them gets one scale each time the
 * model runs. Everything else stays float32, inputs and outputs included.
 *
 * Both factors are unsigned (the weights around 128), because processors without VNNI saturate sums of products of
 * an unsigned and a signed byte. Since the rows of an input share a scale, a row's result depends a little on the
 * others.
 *
 * @param bytes an `.onnx` file of opset 11 or later
 * @throws LIMAML_ERR_ONNX_CORRUPT when the bytes are no complete model
 * @example
 * ```ts
 * const { bytes, products } = quantiseOnnx(await readFile('score.onnx'));
 * ```
 */
export function quantiseOnnx(bytes: Uint8Array): QuantisedModel {
  const model = parseModel(bytes);
  const products = model.graph ? quantiseGraph(model.graph) : 0;
  return { bytes: toBinary(ModelProtoSchema, model), products };
}

function quantiseGraph(graph: GraphProto): number {
  const weights = new Map(graph.initializer.filter(isMatrix).map((found) => [found.name, found]));
  const added = new Map<string, readonly TensorProto[]>();
  const quantisedInputs = new Set<string>();
  let products = 0;
  graph.node = graph.node.flatMap((node) => {
    const weight = node.opType === 'MatMul' ? weights.get(node.input[1]!) : undefined;
    if (!weight) return [node];
    products++;
    added.set(weight.name, added.get(weight.name) ?? quantiseWeight(weight));
    return productNodes(node, weight.name, quantisedInputs);
  });
  graph.initializer.push(...[...added.values()].flat());
  if (products > 0) graph.initializer.push(uint8('zero', [], Uint8Array.of(ZERO_POINT)));
  dropUnused(graph, new Set(added.keys()));
  return products;
}

function isMatrix({ dims, dataType, rawData }: TensorProto): boolean {
  return (
    (dataType as TensorProto_DataType) === TensorProto_DataType.FLOAT &&
    dims.length === 2 &&
    rawData.length > 0
  );
}

/** The weights as bytes, and the scale of each column. */
function quantiseWeight({ name, dims, rawData }: TensorProto): readonly TensorProto[] {
  const [rows, columns] = dims.map(Number) as [number, number];
  // The bytes lie anywhere in the file, so they may not be aligned.
  const values = new Float32Array(rawData.slice().buffer);
  const scales = new Float32Array(columns);
  values.forEach((value, at) => {
    scales[at % columns] = Math.max(scales[at % columns]!, Math.abs(value) / STEPS);
  });
  const bytes = Uint8Array.from({ length: rows * columns }, (_, at) => {
    const scale = scales[at % columns]!;
    const step = scale === 0 ? 0 : Math.round(values[at]! / scale);
    return ZERO_POINT + Math.min(STEPS, Math.max(-STEPS, step));
  });
  return [uint8(`${name}/bytes`, dims, bytes), float32(`${name}/scales`, [columns], scales)];
}

/** `a · w` as `scale(a) · scales(w) · (bytes(a) − zero(a)) · (bytes(w) − 128)`. */
function productNodes(node: NodeProto, weight: string, quantisedInputs: Set<string>): NodeProto[] {
  const [input, output] = [node.input[0]!, node.output[0]!];
  const [a, out] = [PREFIX + input, PREFIX + output];
  const byteInput = [`${a}/bytes`, `${a}/scale`, `${a}/zero`];
  const nodes = [
    nodeOf('MatMulInteger', `${out}/sum`, {
      input: [byteInput[0]!, `${PREFIX}${weight}/bytes`, byteInput[2]!, `${PREFIX}zero`],
    }),
    nodeOf('Cast', `${out}/float`, { input: [`${out}/sum`], attribute: [TO_FLOAT] }),
    nodeOf('Mul', `${out}/scales`, { input: [byteInput[1]!, `${PREFIX}${weight}/scales`] }),
    nodeOf('Mul', output, { input: [`${out}/float`, `${out}/scales`] }),
  ];
  if (quantisedInputs.has(input)) return nodes;
  quantisedInputs.add(input);
  const quantise = { input: [input], output: byteInput };
  return [nodeOf('DynamicQuantizeLinear', `${a}/quantise`, quantise), ...nodes];
}

const TO_FLOAT = {
  name: 'to',
  type: AttributeProto_AttributeType.INT,
  i: BigInt(TensorProto_DataType.FLOAT),
};

function nodeOf(
  opType: string,
  name: string,
  rest: MessageInitShape<typeof NodeProtoSchema>,
): NodeProto {
  return create(NodeProtoSchema, { opType, name, output: [name], ...rest });
}

function uint8(name: string, dims: readonly bigint[], rawData: Uint8Array): TensorProto {
  const dataType = TensorProto_DataType.UINT8;
  return create(TensorProtoSchema, { name: PREFIX + name, dims: [...dims], dataType, rawData });
}

function float32(name: string, dims: readonly number[], values: Float32Array): TensorProto {
  const dataType = TensorProto_DataType.FLOAT;
  const rawData = new Uint8Array(values.buffer);
  return create(TensorProtoSchema, {
    ...{ name: PREFIX + name, dims: dims.map(BigInt), dataType, rawData },
  });
}

/** Weights that a branch or another operator still reads stay. */
function dropUnused(graph: GraphProto, quantised: ReadonlySet<string>): void {
  const used = new Set(graph.node.flatMap(namesRead));
  graph.initializer = graph.initializer.filter(
    ({ name }) => !quantised.has(name) || used.has(name),
  );
}

function namesRead({ input, attribute }: NodeProto): readonly string[] {
  const graphs = attribute.flatMap(({ g, graphs: several }) => [...(g ? [g] : []), ...several]);
  return [...input, ...graphs.flatMap(({ node }) => node.flatMap(namesRead))];
}
