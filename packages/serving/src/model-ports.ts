import { readOnnx, surveyOnnx, type OnnxModelInfo } from '@limaml/onnx';
import type { EncodedFeature, FeatureSchema } from '@limaml/plugin';
import { embeddingFeature } from './embedding-feature.js';
import { modelContents, modelOpset, modelPorts } from './errors.js';

/** Operator sets that the models of a bundle may use. */
const OPSETS = { min: 13, max: 25 };

/** The three models of a bundle. */
export type ModelKind = 'adapt' | 'prior' | 'score';

/** What the models of one entity type may read. */
export interface ModelFrame {
  readonly schema: FeatureSchema;
  /** Numbers of its embedding. */
  readonly dim: number;
  /** Numbers of the embeddings of other types that rows read, by type. */
  readonly others: Readonly<Record<string, number>>;
}

const OUTPUTS: Readonly<Record<ModelKind, readonly string[]>> = {
  adapt: ['embedding'],
  prior: ['embedding'],
  score: ['logits', 'probability'],
};

/**
 * Checks a model of a bundle before it is loaded: operator set, outputs, and that every input is one
 * that serving can feed with the type and shape the feature schema says.
 * @throws LIMAML_ERR_SERVING_MODEL_OPSET, LIMAML_ERR_SERVING_MODEL_CONTENTS, LIMAML_ERR_SERVING_MODEL_PORTS,
 *   LIMAML_ERR_ONNX_CORRUPT
 */
export function checkModel(
  kind: ModelKind,
  bytes: Uint8Array,
  file: string,
  frame: ModelFrame,
): void {
  const info = readOnnx(bytes);
  if (info.opset < OPSETS.min || info.opset > OPSETS.max) {
    throw modelOpset(file, info.opset, `${OPSETS.min} to ${OPSETS.max}`);
  }
  checkContents(bytes, file);
  checkOutputs(kind, info, file, frame.dim);
  const wanted = expectedInputs(kind, frame);
  for (const [name, { dtype, shape }] of Object.entries(info.inputs)) {
    const port = wanted[name];
    if (port === undefined)
      throw modelPorts(file, `it has an input "${name}"`, 'inputs of the feature schema');
    const got = `${dtype} [${shape.map(fixedOrAny).join(', ')}]`;
    if (got !== port) throw modelPorts(file, `input "${name}" is ${got}`, port);
  }
}

/** Operators that run for as long as they like. */
const LOOPS = ['Loop', 'Scan'];

/**
 * A runtime would look for numbers that lie in other files wherever the model says, and make room for tensors of
 * whatever shape it says. Operators of others are not part of the format.
 */
function checkContents(bytes: Uint8Array, file: string): void {
  const { operators, external, misshapen } = surveyOnnx(bytes);
  if (external.length > 0) throw modelContents(file, `"${external[0]}" lies in another file`);
  if (misshapen.length > 0)
    throw modelContents(file, `the shape of "${misshapen[0]}" does not fit its bytes`);
  const foreign = Object.keys(operators).find((name) => name.includes(':') || LOOPS.includes(name));
  if (foreign !== undefined) throw modelContents(file, `it has the operator ${foreign}`);
}

/** Logits of a further label of the model, beside those that are served. */
const FURTHER_LOGITS = /^logits\/./;

function checkOutputs(kind: ModelKind, info: OnnxModelInfo, file: string, dim: number): void {
  const outputs = Object.keys(info.outputs).sort();
  const isServed = (name: string): boolean => kind !== 'score' || !FURTHER_LOGITS.test(name);
  const names = outputs.filter(isServed).join(', ');
  const wanted = OUTPUTS[kind].join(', ');
  if (names !== wanted) throw modelPorts(file, `its outputs are ${names || 'none'}`, wanted);
  const width = info.outputs.embedding?.shape[1];
  if (kind !== 'score' && width !== dim) {
    throw modelPorts(file, `its embedding has ${width ?? 'no'} numbers`, `${dim}`);
  }
}

/** Input names with type and shape; a dimension that may be anything is `?`. */
function expectedInputs(kind: ModelKind, frame: ModelFrame): Record<string, string> {
  const { schema, dim, others } = frame;
  const port = (
    prefix: string,
    owner: EncodedFeature['owner'],
    leading: number,
  ): [string, string][] =>
    schema.features
      .filter((feature) => feature.owner === owner)
      .map((feature) => [prefix + feature.name, portOf(feature, leading)]);
  const entity = port('', 'entity', 1);
  const embeddings = (prefix: string): [string, string][] =>
    Object.entries(others).map(([type, width]) => [
      prefix + embeddingFeature(type),
      `float32 [?, ?, ${width}]`,
    ]);
  const rows = (prefix: string): [string, string][] => [
    ...port(prefix, 'row', 2),
    ...embeddings(prefix),
  ];
  if (kind === 'prior') return Object.fromEntries(entity);
  if (kind === 'score')
    return { embedding: `float32 [?, ${dim}]`, ...Object.fromEntries(rows('')) };
  return {
    ...Object.fromEntries([...entity, ...rows('support/'), ...port('support/', 'outcome', 2)]),
    'support/label': 'float32 [?, ?]',
    'support/mask': 'float32 [?, ?]',
  };
}

function portOf({ kind, width }: EncodedFeature, leading: number): string {
  const dims = [
    ...Array<string>(leading).fill('?'),
    ...(kind === 'categorical' ? [] : [String(width)]),
  ];
  return `${kind === 'dense' ? 'float32' : 'int32'} [${dims.join(', ')}]`;
}

/** Dimensions of tasks and rows are symbols; one that is fixed to 1 (a single prior) shows as a number. */
function fixedOrAny(dim: number | string): string {
  return typeof dim === 'string' ? '?' : String(dim);
}
