import type { Tensor } from '@limaml/graph';
import type { GraphBuilder, Value } from '../graph-builder.js';
import type { LoweringContext, Lowerings } from '../lowering.js';

/** Matrix products and reductions. */
export const PRODUCTS: Lowerings<'matMul' | 'sum' | 'max' | 'softmax'> = {
  matMul: ({ inputs, attrs }, { graph, value }) => {
    const a = attrs.transposeA
      ? transposed(inputs[0]!, value(inputs[0]!), graph)
      : value(inputs[0]!);
    const b = attrs.transposeB
      ? transposed(inputs[1]!, value(inputs[1]!), graph)
      : value(inputs[1]!);
    return graph.node('MatMul', [a, b]);
  },
  sum: (tensor, context) => reduction('ReduceSum', tensor, context),
  max: (tensor, context) => reduction('ReduceMax', tensor, context),
  softmax: ({ inputs, attrs }, { graph, value }) =>
    graph.node('Softmax', [value(inputs[0]!)], { axis: attrs.axis }),
};

/** ONNX Runtime folds these transposes into the product when it optimises the graph. */
function transposed({ shape }: Tensor, value: Value, graph: GraphBuilder): Value {
  const perm = shape.map((_, axis) => axis);
  const last = perm.length - 1;
  [perm[last - 1], perm[last]] = [last, last - 1];
  return graph.node('Transpose', [value], { perm });
}

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
