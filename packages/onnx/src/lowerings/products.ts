import type { Tensor } from '@limaml/graph';
import type { Value } from '../graph-builder.js';
import type { LoweringContext, Lowerings } from '../lowering.js';
import { lowerMatMul } from './mat-mul.js';

/** Matrix products and reductions. */
export const PRODUCTS: Lowerings<'matMul' | 'sum' | 'max' | 'softmax'> = {
  matMul: lowerMatMul,
  sum: (tensor, context) => reduction('ReduceSum', tensor, context),
  max: (tensor, context) => reduction('ReduceMax', tensor, context),
  softmax: ({ inputs, attrs }, { graph, value }) =>
    graph.node('Softmax', [value(inputs[0]!)], { axis: attrs.axis }),
};

/** ONNX reads an empty list of axes as "all axes"; here it means none. */
function reduction(
  opType: string,
  tensor: Tensor<'sum' | 'max'>,
  { graph, value }: LoweringContext,
): Value {
  const { axes, keepDims } = tensor.attrs;
  const input = value(tensor.inputs[0]!);
  return axes.length === 0
    ? input
    : graph.node(opType, [input, graph.int64s(axes)], { keepdims: Number(keepDims) });
}
