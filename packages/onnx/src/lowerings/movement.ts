import type { Shape } from '@limaml/graph';
import { TensorProto_DataType } from '../generated/onnx_pb.js';
import { tensorProto } from '../graph-builder.js';
import type { Lowerings } from '../lowering.js';
import { reshaped } from './reshape.js';

/** Primitives that move elements. */
export const MOVEMENT: Lowerings<
  'reshape' | 'transpose' | 'broadcastTo' | 'concat' | 'slice' | 'pad' | 'gather' | 'scatterAdd'
> = {
  reshape: ({ inputs, shape }, context) =>
    reshaped(context.value(inputs[0]!), inputs[0]!.shape, shape, context),

  transpose: ({ inputs, attrs }, { graph, value }) =>
    graph.node('Transpose', [value(inputs[0]!)], { perm: attrs.perm }),

  broadcastTo: ({ inputs, shape }, { graph, dims, value }) =>
    graph.node('Expand', [value(inputs[0]!), dims.vector(stretched(inputs[0]!.shape, shape))]),

  concat: ({ inputs, attrs }, { graph, value }) =>
    graph.node('Concat', inputs.map(value), { axis: attrs.axis }),

  slice: ({ inputs, attrs: { axis, start, end } }, { graph, dims, value }) =>
    graph.node('Slice', [
      value(inputs[0]!),
      dims.vector([start]),
      dims.vector([end]),
      graph.int64s([axis]),
    ]),

  /** Amounts for all axes: ONNX Runtime (seen in 1.30) misreads amounts for a choice of axes next to a transpose. */
  pad: ({ inputs, attrs: { axis, before, after } }, { graph, dims, value }) => {
    const amounts = inputs[0]!.shape.map((_, i) => (i === axis ? [before, after] : [0, 0]));
    const pads = [...amounts.map(([first]) => first!), ...amounts.map(([, last]) => last!)];
    return graph.node('Pad', [value(inputs[0]!), dims.vector(pads)]);
  },

  gather: ({ inputs }, { graph, value }) => graph.node('Gather', inputs.map(value), { axis: 0 }),

  scatterAdd: ({ inputs, shape, dtype }, { graph, dims, value }) => {
    const zeros = graph.node('ConstantOfShape', [dims.vector(shape)], {
      value: tensorProto(dtype, [1], [0]),
    });
    const positions = graph.node('Cast', [value(inputs[0]!)], { to: TensorProto_DataType.INT64 });
    const indices = graph.node('Unsqueeze', [positions, graph.int64s([inputs[0]!.shape.length])]);
    return graph.node('ScatterND', [zeros, indices, value(inputs[1]!)], { reduction: 'add' });
  },
};

/** The shape for ONNX's Expand, where 1 keeps a dimension: only those that grow need their size. */
function stretched(from: Shape, to: Shape): Shape {
  const added = to.length - from.length;
  return to.map((dim, axis) => (dim === from[axis - added] ? 1 : dim));
}
