import { evaluateDim } from '../dim.js';
import type { DType, DTypeArrays } from '../dtype.js';
import type { TensorData, TensorMap } from '../executor.js';
import { spec } from '../shape.js';
import type { Shape, TensorSpec } from '../shape.js';
import { createRandom } from './random.js';
import type { Random } from './random.js';

/** An input with the range of its random values. */
export interface SampleInput extends TensorSpec {
  draw(random: Random): number;
}

/** Numbers from −2 to 2 that keep away from 0, where ReLU and |x| have no derivative. */
export function real(...shape: Shape): SampleInput {
  return { ...spec(shape), draw: (random) => random.pick([-1, 1]) * random.uniform(0.05, 2) };
}

/** Numbers from 0.2 to 3, for logarithms, roots and divisors. */
export function positive(...shape: Shape): SampleInput {
  return { ...spec(shape), draw: (random) => random.uniform(0.2, 3) };
}

/** Integers from 0 up to and without a limit. */
export function index(limit: number, ...shape: Shape): SampleInput {
  return { ...spec(shape, 'int32'), draw: (random) => random.integer(0, limit - 1) };
}

/** True or false. */
export function flag(...shape: Shape): SampleInput {
  return { ...spec(shape, 'bool'), draw: (random) => random.integer(0, 1) };
}

const TYPED: { readonly [D in DType]: (values: readonly number[]) => DTypeArrays[D] } = {
  float32: (values) => Float32Array.from(values),
  int32: (values) => Int32Array.from(values),
  bool: (values) => Uint8Array.from(values),
};

/** Draws values for inputs whose symbols have the given sizes. */
export function drawFeeds(
  inputs: Readonly<Record<string, SampleInput>>,
  sizes: Readonly<Record<string, number>>,
  seed: number,
): TensorMap {
  const random = createRandom(seed);
  const entries = Object.entries(inputs).map(([name, input]) => {
    const shape = input.shape.map((dim) => evaluateDim(dim, sizes));
    const length = shape.reduce((product, dim) => product * dim, 1);
    const data = TYPED[input.dtype](Array.from({ length }, () => input.draw(random)));
    return [name, { dtype: input.dtype, shape, data } as TensorData];
  });
  return Object.fromEntries(entries) as TensorMap;
}
