import type { TensorData } from '@limaml/graph';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Initializer } from '../model.js';
import { type ParameterSpecs, type ParameterValues, zeroValues } from '../parameters.js';

/**
 * Gives every parameter its first value.
 *
 * Each parameter has a random stream of its own, made from the seed and its name: adding, removing or
 * reordering parameters leaves the values of the others as they were.
 *
 * @param specs parameters by name, e.g. `parameterSpecs(model, algorithm)`
 * @param seed any integer; the same seed gives the same values on every machine
 *
 * @example
 * ```ts
 * const values = initParams({ 'meta/kernel': { shape: [3, 2], init: { kind: 'glorot' } } }, 1);
 * values['meta/kernel'].data; // Float32Array(6)
 * ```
 */
export function initParams(specs: ParameterSpecs, seed: number): ParameterValues {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, init }]) => [
      name,
      initValue(shape, init, seed, name),
    ]),
  );
}

type Sampler = () => number;

function initValue(
  shape: readonly number[],
  init: Initializer,
  seed: number,
  name: string,
): TensorData<'float32'> {
  const value = zeroValues(shape);
  const sample = samplerOf(init, shape, uniformStream(seed, name));
  for (let i = 0; i < value.data.length; i++) value.data[i] = sample();
  return value;
}

function samplerOf(init: Initializer, shape: readonly number[], uniform: Sampler): Sampler {
  switch (init.kind) {
    case 'zeros':
      return () => 0;
    case 'constant':
      return () => init.value;
    case 'normal':
      return () => init.stddev * standardNormal(uniform);
    case 'uniform':
      return () => symmetric(init.limit, uniform);
    case 'glorot': {
      const limit = glorotLimit(shape);
      return () => symmetric(limit, uniform);
    }
  }
}

function symmetric(limit: number, uniform: Sampler): number {
  return limit * (2 * uniform() - 1);
}

/** √(6 / (fanIn + fanOut)), Glorot & Bengio 2010, eq. (16). */
function glorotLimit(shape: readonly number[]): number {
  return Math.sqrt(6 / ((shape.at(-2) ?? 1) + (shape.at(-1) ?? 1)));
}

/** Box & Muller 1958. `1 − u` keeps the logarithm away from zero. */
function standardNormal(uniform: Sampler): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

function uniformStream(seed: number, name: string): Sampler {
  const generator = xoroshiro128plus(hash(`${seed}/${name}`));
  return () => uniformFloat64(generator);
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return state | 0;
}
