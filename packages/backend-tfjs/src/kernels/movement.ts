import { indexOutOfRange } from '../errors.js';
import type { TfTensor } from '../tfjs.js';
import type { Kernels } from './kernel.js';

/** Primitives that move elements. */
export const MOVEMENT: Kernels<
  'reshape' | 'transpose' | 'broadcastTo' | 'concat' | 'slice' | 'pad' | 'gather' | 'scatterAdd'
> = {
  reshape: (_, [x], { tf, shape }) => tf.reshape(x!, shape),

  transpose: ({ attrs: { perm } }, [x], { tf }) => tf.transpose(x!, [...perm]),

  broadcastTo: (_, [x], { tf, shape }) => tf.broadcastTo(x!, shape),

  /** Not all backends leave empty tensors out by themselves. */
  concat: ({ attrs: { axis } }, inputs, { tf }) =>
    tf.concat(
      inputs.filter(({ size }) => size > 0),
      axis,
    ),

  slice: ({ attrs: { axis, start } }, [x], { tf, shape, sizeOf }) =>
    tf.slice(
      x!,
      shape.map((_, i) => (i === axis ? sizeOf(start) : 0)),
      shape,
    ),

  pad: ({ attrs: { axis, before, after } }, [x], { tf, sizeOf }) =>
    tf.pad(
      x!,
      x!.shape.map((_, i): [number, number] =>
        i === axis ? [sizeOf(before), sizeOf(after)] : [0, 0],
      ),
    ),

  gather: (_, [table, indices], { tf, shape }) => {
    assertIndices('gather', indices!, table!.shape[0]);
    return tf.reshape(tf.gather(table!, tf.reshape(indices!, [-1])), shape);
  },

  scatterAdd: (_, [indices, updates], { tf, shape }) => {
    const [rows, ...rest] = shape;
    assertIndices('scatterAdd', indices!, rows!);
    const count = indices!.size;
    const at = tf.reshape(indices!, [count, 1]);
    return tf.scatterND(at, tf.reshape(updates!, [count, ...rest]), shape);
  },
};

/** Backends differ: some read whatever lies beyond the table. */
function assertIndices(op: string, indices: TfTensor, rows: number): void {
  const values = indices.dataSync();
  const wrong = values.find((index) => index < 0 || index >= rows);
  if (wrong !== undefined) throw indexOutOfRange(op, wrong, rows);
}
