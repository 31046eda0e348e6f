import {
  type Algorithm,
  hostTableSpecs,
  initParams,
  parameterSpecs,
  type ParameterValues,
} from '@limaml/core';
import {
  evaluateDim,
  type Program,
  type TensorData,
  type TensorMap,
  type TensorSpec,
} from '@limaml/graph';
import type { Workload } from './workloads.ts';

const SEED = 1;

/** First values of all parameters; tables by their touched rows. */
export function drawParameters(workload: Workload, algorithm: Algorithm): ParameterValues {
  const { model, sizes } = workload;
  const tables = Object.entries(hostTableSpecs(model)).map(([name, { shape, init }]) => {
    const vocabulary = model.tables[name.slice('table/'.length)]!.vocabulary;
    return [name, { shape: [sizes[`U.${vocabulary}`]!, shape[1]!], init }] as const;
  });
  return initParams({ ...parameterSpecs(model, algorithm), ...Object.fromEntries(tables) }, SEED);
}

/** A random batch: features uniform with variance 1, coin-flip labels, no padding. */
export function drawBatch(program: Program, { sizes }: Workload): TensorMap {
  const drawn = Object.entries(program.inputs).filter(([name]) => !isParameter(name));
  return Object.fromEntries(drawn.map(([name, input]) => [name, draw(name, input, sizes)]));
}

function isParameter(name: string): boolean {
  return /^(meta|global|rate|table)\//.test(name);
}

function draw(name: string, input: TensorSpec, sizes: Workload['sizes']): TensorData {
  const shape = input.shape.map((dim) => evaluateDim(dim, sizes));
  const uniform = drawUniform(name, shape);
  if (input.dtype === 'int32') {
    const rows = sizes[`U.${name.replace(/^.*\//, '')}`]!;
    const data = Int32Array.from(uniform, (u) => Math.min(rows - 1, Math.floor(u * rows)));
    return { dtype: 'int32', shape, data };
  }
  return { dtype: 'float32', shape, data: uniform.map(valueOf(name)) };
}

/** Numbers in [0, 1], the same for the same name and shape. */
function drawUniform(name: string, shape: readonly number[]): Float32Array {
  const values = initParams({ [name]: { shape, init: { kind: 'uniform', limit: 0.5 } } }, SEED);
  return values[name]!.data.map((value) => value + 0.5);
}

function valueOf(name: string): (uniform: number) => number {
  if (name.endsWith('/mask')) return () => 1;
  if (name.endsWith('/label')) return (u) => (u < 0.5 ? 1 : 0);
  return (u) => Math.sqrt(12) * (u - 0.5);
}
