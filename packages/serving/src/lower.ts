import type { ParameterValues } from '@limaml/core';
import { bindDims, freeze, optimize, type Program } from '@limaml/graph';
import { toOnnx } from '@limaml/onnx';
import type { BundleSource } from './bundle-source.js';
import { paramMissing } from './errors.js';

/** Program inputs that are frozen into the models. */
const PARAMETER = /^(?:meta|global|rate|table)\//;

/** What lowering needs of a trained model. */
export type LoweredSource = Pick<BundleSource, 'plugin' | 'params' | 'schema'>;

/** A program with every parameter and table inside, as ONNX. */
export function lower(program: Program, name: string, source: LoweredSource): Uint8Array {
  const values = valuesFor(program, name, source);
  const frozen = freeze(bindDims(program, fixedDims(program, values)), values);
  const metadata = {
    'limaml.program': name,
    'limaml.model': source.plugin.name,
    'limaml.entity': source.schema.entity,
  };
  return toOnnx(optimize(frozen), { name, metadata });
}

/**
 * Tables are whole here, so the symbolic number of rows that a batch touches becomes the table's size.
 * A program that reads nothing of the entity gives every entity the same embedding: one row of it.
 */
function fixedDims(program: Program, values: ParameterValues): Record<string, number> {
  const perTask = Object.entries(program.inputs).some(
    ([name, { shape }]) => !(name in values) && shape[0] === 'T',
  );
  const tables = Object.entries(values).flatMap(([name, { shape }]) =>
    program.inputs[name]!.shape.map((dim, axis) => [dim, shape[axis]!] as const),
  );
  const symbols = tables.filter(([dim]) => typeof dim === 'string');
  return { ...Object.fromEntries(symbols), ...(perTask ? {} : { T: 1 }) };
}

function valuesFor(program: Program, name: string, { params }: LoweredSource): ParameterValues {
  const inputs = Object.keys(program.inputs).filter((input) => PARAMETER.test(input));
  return Object.fromEntries(
    inputs.map((input) => {
      const value = params[input];
      if (value === undefined) throw paramMissing(input, name);
      return [input, value];
    }),
  );
}
