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
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
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

/** A random batch: features uniform in ±√3 (variance 1), coin-flip labels, no padding. */
export function drawBatch(program: Program, { sizes }: Workload): TensorMap {
  const generator = xoroshiro128plus(SEED);
  const uniform = (): number => uniformFloat64(generator);
  const drawn = Object.entries(program.inputs).filter(([name]) => !isParameter(name));
  return Object.fromEntries(
    drawn.map(([name, input]) => [name, draw(name, input, sizes, uniform)]),
  );
}

function isParameter(name: string): boolean {
  return /^(meta|global|rate|table)\//.test(name);
}

function draw(
  name: string,
  { shape, dtype }: TensorSpec,
  sizes: Workload['sizes'],
  uniform: () => number,
): TensorData {
  const numbers = shape.map((dim) => evaluateDim(dim, sizes));
  const length = numbers.reduce((product, size) => product * size, 1);
  if (dtype === 'int32') {
    const rows = sizes[`U.${name.replace(/^.*\//, '')}`]!;
    const data = Int32Array.from({ length }, () => Math.floor(uniform() * rows));
    return { dtype, shape: numbers, data };
  }
  const sample = sampler(name, uniform);
  return { dtype: 'float32', shape: numbers, data: Float32Array.from({ length }, sample) };
}

function sampler(name: string, uniform: () => number): () => number {
  if (name.endsWith('/mask')) return () => 1;
  if (name.endsWith('/label')) return () => (uniform() < 0.5 ? 1 : 0);
  return () => Math.sqrt(3) * (2 * uniform() - 1);
}
