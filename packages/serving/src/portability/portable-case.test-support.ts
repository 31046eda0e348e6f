import { evaluateDim, type Executable, type TensorData, type TensorSpec } from '@limaml/graph';
import type { FeatureSchema } from '@limaml/plugin';

/** A tensor as JSON. */
export interface PlainTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export type PlainTensors = Readonly<Record<string, PlainTensor>>;

/** A model, what it is fed, and what onnxruntime-node makes of it. */
export interface PortableCase {
  readonly name: string;
  /** Path of the ONNX file. */
  readonly file: string;
  readonly feeds: PlainTensors;
  readonly outputs: PlainTensors;
}

/** A runtime that is not onnxruntime-node: gives the outputs of every case, in order. */
export type Runtime = (cases: readonly PortableCase[]) => Promise<readonly PlainTensors[]>;

/** Entities, support rows and candidates: none is what a model was traced or tested with elsewhere. */
const SIZES = { T: 3, S: 5, N: 7, B: 7 };

/** Feeds a model numbers that a request could hold, and runs it by the runtime it is loaded in. */
export async function portableCase(
  name: string,
  file: string,
  model: Executable,
  schema: FeatureSchema,
): Promise<PortableCase> {
  const inputs = Object.entries(model.inputs);
  const feeds = Object.fromEntries(
    inputs.map(([input, spec], at) => [input, draw(input, spec, at, schema)]),
  );
  return { name, file, feeds: plain(feeds), outputs: plain(await model.run(feeds)) };
}

function plain(tensors: Readonly<Record<string, TensorData>>): PlainTensors {
  const entries = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    return [name, { dtype, shape, data: Array.from(data) }] as const;
  });
  return Object.fromEntries(entries);
}

/** Numbers without a pattern that a mistaken layout would hide in. */
function draw(
  name: string,
  { dtype, shape }: TensorSpec,
  at: number,
  schema: FeatureSchema,
): TensorData {
  const concrete = shape.map((dim) => evaluateDim(dim, SIZES));
  const length = concrete.reduce((product, size) => product * size, 1);
  const noise = Array.from({ length }, (_, i) => 0.5 + 0.5 * Math.sin(1 + i * (1.7 + at)));
  if (dtype === 'int32') {
    const size = schema.features.find((feature) => name.endsWith(feature.name))!.size;
    const data = Int32Array.from(noise, (u) => Math.min(size - 1, Math.floor(u * size)));
    return { dtype, shape: concrete, data };
  }
  const isFlag = name.endsWith('/mask') || name.endsWith('/label');
  const data = Float32Array.from(noise, (u) => (isFlag ? Math.round(u) : 2 * u - 1));
  return { dtype: 'float32', shape: concrete, data };
}
