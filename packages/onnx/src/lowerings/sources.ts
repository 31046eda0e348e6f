import { isNumericShape, multiplyDims } from '@limaml/graph';
import { ELEMENT_TYPE } from '../element-type.js';
import { tensorProto } from '../graph-builder.js';
import type { Lowerings } from '../lowering.js';

/** Primitives without inputs. */
export const SOURCES: Lowerings<'input' | 'fill' | 'constant' | 'dimSize'> = {
  input: ({ attrs }) => attrs.name,

  /** One number repeated is stored once; symbolic shapes leave no other way. */
  fill: ({ attrs: { value, shape, dtype } }, { graph, dims }) => {
    if (isNumericShape(shape) && multiplyDims(shape) === 1)
      return graph.tensor(dtype, shape, [value]);
    return graph.node('ConstantOfShape', [dims.vector(shape)], {
      value: tensorProto(dtype, [1], [value]),
    });
  },

  constant: ({ attrs: { data, shape, dtype } }, { graph }) => graph.tensor(dtype, shape, data),

  dimSize: ({ attrs: { dim } }, { graph, dims }) => {
    const size = graph.node('Cast', [dims.vector([dim])], { to: ELEMENT_TYPE.float32 });
    return graph.node('Squeeze', [size, graph.int64s([0])]);
  },
};
