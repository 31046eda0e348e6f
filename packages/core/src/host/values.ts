import type { TensorMap } from '@limaml/graph';
import { parameterMissing, shapeMismatch } from '../errors.js';
import type { ParameterValues } from '../parameters.js';

/**
 * Copies values into the arrays of `into`, name by name. `from` may hold more.
 *
 * @throws LIMAML_ERR_CORE_PARAMETER_MISSING, LIMAML_ERR_CORE_SHAPE_MISMATCH; nothing is copied then
 */
export function copyValues(from: TensorMap, into: ParameterValues): void {
  assertSameShapes(from, into);
  for (const [name, { data }] of Object.entries(into)) data.set(from[name]!.data);
}

/**
 * Moves a running average of the weights towards their present values, in place. The average of the
 * weights usually generalises better than the last ones.
 *
 * $$\bar\theta \leftarrow d\,\bar\theta + (1 - d)\,\theta$$
 *
 * @param decay d in [0, 1]; `Math.min(0.99, (1 + step) / (10 + step))` lets the average start quickly
 * @throws LIMAML_ERR_CORE_PARAMETER_MISSING, LIMAML_ERR_CORE_SHAPE_MISMATCH
 * @see Polyak & Juditsky 1992
 */
export function updateAverage(
  average: ParameterValues,
  values: ParameterValues,
  decay: number,
): void {
  assertSameShapes(values, average);
  for (const [name, { data }] of Object.entries(average)) {
    const theta = values[name]!.data;
    for (let i = 0; i < data.length; i++) data[i] = decay * data[i]! + (1 - decay) * theta[i]!;
  }
}

function assertSameShapes(values: TensorMap, expected: ParameterValues): void {
  for (const [name, { shape }] of Object.entries(expected)) {
    const value = values[name];
    if (value === undefined) throw parameterMissing(name, Object.keys(values));
    if (value.shape.join() !== shape.join()) throw shapeMismatch(name, value.shape, shape);
  }
}
