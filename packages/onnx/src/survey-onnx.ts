import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
} from './generated/onnx_pb.js';
import { TensorProto_DataLocation, TensorProto_DataType } from './generated/onnx_pb.js';
import { parseModel } from './read-onnx.js';

/** What is in an ONNX model. */
export interface OnnxSurvey {
  /** How many nodes of each operator, those of branches included; `domain:Operator` where it is no standard one. */
  readonly operators: Readonly<Record<string, number>>;
  /** Constant tensors, and their bytes in the file. */
  readonly parameters: { readonly count: number; readonly bytes: number };
  /** Constant tensors whose numbers lie in another file, which a runtime would look for. */
  readonly external: readonly string[];
  /** Constant tensors whose shape does not fit the bytes they have. */
  readonly misshapen: readonly string[];
}

/**
 * Looks at every node and constant of an ONNX model, without running it.
 *
 * @param bytes the content of an `.onnx` file, of any producer
 * @throws LIMAML_ERR_ONNX_CORRUPT when the bytes are no complete model
 * @example
 * ```ts
 * const { operators, external } = surveyOnnx(await readFile('score.onnx'));
 * ```
 */
export function surveyOnnx(bytes: Uint8Array): OnnxSurvey {
  const { nodes, tensors } = contentsOf(parseModel(bytes));
  const operators: Record<string, number> = {};
  for (const { opType, domain } of nodes) {
    const name = domain === '' || domain === 'ai.onnx' ? opType : `${domain}:${opType}`;
    operators[name] = (operators[name] ?? 0) + 1;
  }
  const namesOf = (found: readonly TensorProto[]) => found.map(({ name }) => name);
  return {
    operators,
    parameters: {
      count: tensors.length,
      bytes: tensors.reduce((sum, { rawData }) => sum + rawData.length, 0),
    },
    external: namesOf(tensors.filter(isExternal)),
    misshapen: namesOf(tensors.filter((tensor) => !isExternal(tensor) && isMisshapen(tensor))),
  };
}

/** All nodes and constants, in the branches and functions, too. */
function contentsOf({ graph, functions }: ModelProto): {
  readonly nodes: readonly NodeProto[];
  readonly tensors: readonly TensorProto[];
} {
  const [nodes, tensors]: [NodeProto[], TensorProto[]] = [[], []];
  const visitNodes = (visited: readonly NodeProto[]): void => {
    for (const node of visited) {
      nodes.push(node);
      node.attribute.forEach(visitAttribute);
    }
  };
  const visitAttribute = ({ t, tensors: several, g, graphs }: AttributeProto): void => {
    tensors.push(...(t ? [t] : []), ...several);
    [...(g ? [g] : []), ...graphs].forEach(visitGraph);
  };
  const visitGraph = ({ node, initializer, sparseInitializer }: GraphProto): void => {
    tensors.push(...initializer);
    for (const { values, indices } of sparseInitializer)
      tensors.push(...(values ? [values] : []), ...(indices ? [indices] : []));
    visitNodes(node);
  };
  if (graph) visitGraph(graph);
  for (const { node } of functions) visitNodes(node);
  return { nodes, tensors };
}

function isExternal({ dataLocation, externalData }: TensorProto): boolean {
  return dataLocation === TensorProto_DataLocation.EXTERNAL || externalData.length > 0;
}

const BITS: Readonly<Partial<Record<TensorProto_DataType, number>>> = {
  [TensorProto_DataType.FLOAT]: 32,
  [TensorProto_DataType.INT32]: 32,
  [TensorProto_DataType.INT64]: 64,
  [TensorProto_DataType.DOUBLE]: 64,
  [TensorProto_DataType.BOOL]: 8,
  [TensorProto_DataType.UINT8]: 8,
  [TensorProto_DataType.INT8]: 8,
  [TensorProto_DataType.FLOAT16]: 16,
};

/** Numbers that are stored one by one, not as bytes, cannot be more than the file holds: those are not looked at. */
function isMisshapen({ dims, dataType, rawData }: TensorProto): boolean {
  const bits = BITS[dataType as TensorProto_DataType];
  if (rawData.length === 0 && !dims.includes(0n)) return false;
  if (bits === undefined) return true;
  return dims.reduce((product, dim) => product * dim, BigInt(bits / 8)) !== BigInt(rawData.length);
}
