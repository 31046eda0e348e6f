import type { DType } from '../dtype.js';
import type { Tensor } from '../tensor.js';
import { fill } from './source.js';

/** A tensor, or a number that takes the type of the tensor it meets. */
export type Operand = Tensor | number;

/** Turns numbers into scalars of the type that the tensors among the operands have. */
export function asTensors<Operands extends readonly Operand[]>(
  operands: Operands,
): { [K in keyof Operands]: Tensor } {
  const dtype = operands.find((operand) => typeof operand === 'object')?.dtype ?? 'float32';
  return operands.map((operand) => asTensor(operand, dtype)) as { [K in keyof Operands]: Tensor };
}

/** Turns a number into a scalar. */
export function asTensor(operand: Operand, dtype: DType = 'float32'): Tensor {
  return typeof operand === 'number' ? fill([], operand, dtype) : operand;
}
