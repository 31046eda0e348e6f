import { evaluateDim, multiplyDims } from './dim.js';
import { SCALAR_FUNCTIONS } from './interpreter/scalar-functions.js';
import type { Program } from './program.js';
import { isOp } from './tensor.js';
import type { Tensor } from './tensor.js';
import { topologicalOrder } from './topological-order.js';

/** Arithmetic that one run of a program takes. */
export interface Flops {
  /** Two (multiply, add) per term of a matrix product. */
  readonly matMul: number;
  /** One per element of an element-wise result and per element that a reduction reads. */
  readonly other: number;
}

/**
 * Counts the floating-point operations of a program.
 *
 * @param sizes of symbols, if the program has any
 * @throws LIMAML_ERR_GRAPH_DIM_UNBOUND when a symbol has no size
 */
export function countFlops(program: Program, sizes: Readonly<Record<string, number>> = {}): Flops {
  let [matMul, other] = [0, 0];
  for (const tensor of topologicalOrder(Object.values(program.outputs))) {
    if (isOp(tensor, 'matMul'))
      matMul += 2 * evaluateDim(multiplyDims([...tensor.shape, innerDim(tensor)]), sizes);
    else other += evaluateDim(touched(tensor), sizes);
  }
  return { matMul, other };
}

function innerDim({ inputs: [a], attrs: { transposeA } }: Tensor<'matMul'>): number | string {
  return a!.shape.at(transposeA ? -2 : -1)!;
}

function touched(tensor: Tensor): number | string {
  if (Object.hasOwn(SCALAR_FUNCTIONS, tensor.op)) return multiplyDims(tensor.shape);
  const reads = tensor.op === 'sum' || tensor.op === 'max' || tensor.op === 'softmax';
  return reads ? multiplyDims(tensor.inputs[0]!.shape) : 0;
}
