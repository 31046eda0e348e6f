import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import type { Dim, Program, TensorSpec } from '@limaml/graph';
import { ELEMENT_TYPE } from './element-type.js';
import { modelTooLarge, nameClash } from './errors.js';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  ValueInfoProtoSchema,
  type GraphProto,
  type ModelProto,
  type TensorShapeProto_DimensionSchema,
  type ValueInfoProto,
} from './generated/onnx_pb.js';
import { lowerProgram } from './lower-program.js';
import { IR_VERSION, LAST_ENTRY, OPSET, PRODUCER, PRODUCER_VERSION } from './versions.js';

/** Options of {@link toOnnx}. */
export interface ToOnnxOptions {
  /** Name of the graph in the model. Default: `'program'`. */
  readonly name?: string;
  /** Text to keep in the model under keys of your own; {@link readOnnx} returns it. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Protobuf messages hold at most 2 GiB less one byte. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Lowers a program to an ONNX model (opset 20, IR version 9) of standard operators, which every
 * current ONNX runtime can load.
 *
 * Inputs and outputs keep their names; symbolic dimensions become dynamic axes of the same name.
 * Sizes that depend on symbols are computed inside the model. The program is lowered as it is: call
 * `optimize` first.
 *
 * @returns the bytes of an `.onnx` file
 * @throws LIMAML_ERR_ONNX_NAME_CLASH when an input and an output share a name
 * @throws LIMAML_ERR_ONNX_UNKNOWN_SYMBOL when no input tells the size of a symbol
 * @throws LIMAML_ERR_ONNX_TOO_LARGE when the constants exceed 2 GB
 * @example
 * ```ts
 * const program = trace({ x: spec(['B', 3]) }, ({ x }) => ({ y: relu(x) }));
 * await writeFile('relu.onnx', toOnnx(optimize(program), { metadata: { trainedOn: '2024-05-01' } }));
 * ```
 */
export function toOnnx(
  program: Program,
  { name = 'program', metadata = {} }: ToOnnxOptions = {},
): Uint8Array {
  refuseNameClash(program);
  const graph = create(GraphProtoSchema, { name, ...lowerProgram(program), ...ports(program) });
  const bytes = graph.initializer.reduce((sum, { rawData }) => sum + rawData.length, 0);
  if (bytes > MAX_BYTES) throw modelTooLarge(name, bytes);
  return toBinary(ModelProtoSchema, modelProto(graph, metadata));
}

function modelProto(graph: GraphProto, metadata: Readonly<Record<string, string>>): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: BigInt(IR_VERSION),
    opsetImport: [{ domain: '', version: BigInt(OPSET) }],
    producerName: PRODUCER,
    producerVersion: PRODUCER_VERSION,
    graph,
    metadataProps: [...Object.entries(metadata), LAST_ENTRY].map(([key, value]) => ({
      key,
      value,
    })),
  });
}

function ports({ inputs, outputs }: Program): Pick<GraphProto, 'input' | 'output'> {
  const infos = (specs: Readonly<Record<string, TensorSpec>>) =>
    Object.entries(specs).map(([name, spec]) => valueInfo(name, spec));
  return { input: infos(inputs), output: infos(outputs) };
}

function valueInfo(name: string, { shape, dtype }: TensorSpec): ValueInfoProto {
  const tensorType = { elemType: ELEMENT_TYPE[dtype], shape: { dim: shape.map(dimension) } };
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: tensorType } },
  });
}

function dimension(dim: Dim): MessageInitShape<typeof TensorShapeProto_DimensionSchema> {
  return typeof dim === 'number'
    ? { value: { case: 'dimValue', value: BigInt(dim) } }
    : { value: { case: 'dimParam', value: dim } };
}

function refuseNameClash({ inputs, outputs }: Program): void {
  const clash = Object.keys(outputs).find((output) => Object.hasOwn(inputs, output));
  if (clash !== undefined) throw nameClash(clash);
}
