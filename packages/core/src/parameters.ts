import type { TensorData } from '@limaml/graph';
import type { Initializer } from './model.js';

/** Concrete float tensors by parameter name: values, gradients, optimiser state. */
export type ParameterValues = Readonly<Record<string, TensorData<'float32'>>>;

/** Parameters before they have values, by parameter name. */
export type ParameterSpecs = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly init: Initializer }>
>;

/** A number for all parameters, or one per parameter name: `(name) => (name.startsWith('table/') ? 1e-4 : 0)`. */
export type PerParameter = number | ((name: string) => number);

/** Elements of a tensor of this shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A tensor of zeros. */
export function zeroValues(shape: readonly number[]): TensorData<'float32'> {
  return { dtype: 'float32', shape, data: new Float32Array(elementCount(shape)) };
}

/** Zeros in the shapes of `values`, under names made by `rename`. */
export function zerosLike(
  values: ParameterValues,
  rename: (name: string) => string = (name) => name,
): ParameterValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [rename(name), zeroValues(value.shape)]),
  );
}

/** Resolves a {@link PerParameter}. */
export function forParameter(value: PerParameter, name: string): number {
  return typeof value === 'number' ? value : value(name);
}
