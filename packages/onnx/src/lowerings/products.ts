import type { Dim, Tensor } from '@limaml/graph';
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
  const [input] = tensor.inputs;
  if (axes.length === 0) return value(input!);
  const inputs = [value(input!), graph.int64s(axes)];
  if (keepDims || axes.every((axis) => isPositive(input!.shape[axis]!)))
    return graph.node(opType, inputs, { keepdims: Number(keepDims) });
  // On CUDA, ONNX Runtime refuses to drop a dimension that turns out to be empty.
  const kept = graph.node(opType, inputs, { keepdims: 1 });
  return graph.node('Squeeze', [kept, graph.int64s(axes)]);
}

function isPositive(dim: Dim): boolean {
  return typeof dim === 'number' && dim > 0;
}
