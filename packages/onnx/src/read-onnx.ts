import { fromBinary } from '@bufbuild/protobuf';
import { isLimamlError } from '@limaml/errors';
import { spec } from '@limaml/graph';
import type { Dim, TensorSpec } from '@limaml/graph';
import { dtypeOf } from './element-type.js';
import { corruptModel, unsupportedPort } from './errors.js';
import {
  ModelProtoSchema,
  type GraphProto,
  type ModelProto,
  type TensorShapeProto_Dimension,
  type ValueInfoProto,
} from './generated/onnx_pb.js';
import { LAST_ENTRY, PRODUCER } from './versions.js';

/** What an ONNX file says about itself. */
export interface OnnxModelInfo {
  /** Texts that were stored with the model, by key. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  /** Version of the standard operator set. */
  readonly opset: number;
  readonly irVersion: number;
}

/**
 * Reads what an ONNX model says about itself, without running it.
 *
 * @param bytes the content of an `.onnx` file, of any producer
 * @throws LIMAML_ERR_ONNX_CORRUPT when the bytes are no complete model
 * @throws LIMAML_ERR_ONNX_UNSUPPORTED_PORT when an input or output is not a tensor that programs have
 * @example
 * ```ts
 * const { inputs, metadata } = readOnnx(await readFile('score.onnx'));
 * ```
 */
export function readOnnx(bytes: Uint8Array): OnnxModelInfo {
  const model = parseModel(bytes);
  const graph = graphOf(model);
  return {
    metadata: metadataOf(model),
    inputs: inputsOf(graph),
    outputs: specsOf(graph.output),
    opset: opsetOf(model),
    irVersion: Number(model.irVersion),
  };
}

export function parseModel(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw corruptModel(error instanceof Error ? error.message : String(error), error);
  }
}

function graphOf({ graph, irVersion }: ModelProto): GraphProto {
  if (irVersion <= 0n) throw corruptModel('it states no IR version');
  if (!graph) throw corruptModel('it holds no graph');
  return graph;
}

function opsetOf({ opsetImport }: ModelProto): number {
  const standard = opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  if (!standard) throw corruptModel('it states no operator set');
  return Number(standard.version);
}

function metadataOf({ metadataProps, producerName }: ModelProto): Readonly<Record<string, string>> {
  const entries = metadataProps.map(({ key, value }) => [key, value] as const);
  if (producerName !== PRODUCER) return Object.fromEntries(entries);
  if (entries.at(-1)?.[0] !== LAST_ENTRY[0]) throw corruptModel('it ends too early');
  return Object.fromEntries(entries.slice(0, -1));
}

/** Old models list their initialisers among the inputs. */
function inputsOf({ input, initializer }: GraphProto): Readonly<Record<string, TensorSpec>> {
  const initialised = new Set(initializer.map(({ name }) => name));
  return specsOf(input.filter(({ name }) => !initialised.has(name)));
}

function specsOf(infos: readonly ValueInfoProto[]): Readonly<Record<string, TensorSpec>> {
  return Object.fromEntries(infos.map((info) => [info.name, specOf(info)]));
}

function specOf({ name, type }: ValueInfoProto): TensorSpec {
  const kind = type?.value;
  if (kind?.case !== 'tensorType')
    throw unsupportedPort(name, `of kind ${kind?.case ?? 'unknown'}`);
  const { elemType, shape } = kind.value;
  const dtype = dtypeOf(elemType);
  if (!dtype) throw unsupportedPort(name, `of ONNX element type ${elemType}`);
  if (!shape) throw unsupportedPort(name, 'a tensor of unknown rank');
  return { dtype, shape: shape.dim.map(({ value }, axis) => dimOf(value, name, axis)) };
}

/**
 * Other producers leave dimensions without a name, or name them in ways that say nothing about
 * their size here (`'length / 2'`). Such a dimension is a symbol of its own.
 */
function dimOf(value: TensorShapeProto_Dimension['value'], port: string, axis: number): Dim {
  if (value.case === 'dimValue') return Number(value.value);
  const unnamed = `_${port.replaceAll(/[+*\s]/g, '_')}.${axis}`;
  return canonicalName(value.value ?? '') ?? unnamed;
}

function canonicalName(name: string): Dim | undefined {
  try {
    const [dim] = spec([name]).shape;
    return typeof dim === 'string' ? dim : undefined;
  } catch (error) {
    if (isLimamlError(error)) return undefined;
    throw error;
  }
}
