import type { Tensor } from '@limaml/graph';
import type { GraphBuilder, Value } from '../graph-builder.js';
import type { Lowering, LoweringContext } from '../lowering.js';

/**
 * A matrix product. Where the summed dimension is a symbol, it may be empty when the model runs. The
 * product is zero then, but ONNX Runtime (seen in 1.30) clears the first matrix of a batch only and
 * leaves the others to whatever is in memory, so the model tells the two cases apart itself.
 */
export const lowerMatMul: Lowering<'matMul'> = (tensor, context) => {
  const { inputs, attrs, shape } = tensor;
  const summed = inputs[0]!.shape.at(attrs.transposeA ? -2 : -1)!;
  if (typeof summed === 'number' || shape.length === 2) return product(tensor, context);

  const { graph, dims } = context;
  const size = dims.vector([summed]);
  const sizes = dims.vector(shape);
  return graph.choose(
    graph.node('Squeeze', [graph.node('Equal', [size, graph.int64s([0])])]),
    () => graph.node('ConstantOfShape', [sizes]),
    () => product(tensor, context),
  );
};

/** ONNX Runtime folds the transposes into the product when it optimises the graph. */
function product({ inputs, attrs }: Tensor<'matMul'>, { graph, value }: LoweringContext): Value {
  const [a, b] = inputs as [Tensor, Tensor];
  return graph.node('MatMul', [
    attrs.transposeA ? transposed(a, value(a), graph) : value(a),
    attrs.transposeB ? transposed(b, value(b), graph) : value(b),
  ]);
}

function transposed({ shape }: Tensor, value: Value, graph: GraphBuilder): Value {
  const axes = shape.map((_, axis) => axis);
  return graph.node('Transpose', [value], {
    perm: [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!],
  });
}
