import type { Kernels } from './kernel.js';
import type { Tfjs, TfTensor } from '../tfjs.js';

/** Matrix products and reductions. */
export const PRODUCTS: Kernels<'matMul' | 'sum' | 'max' | 'softmax'> = {
  matMul: ({ attrs: { transposeA, transposeB } }, inputs, { tf, shape }) => {
    const batch = shape.slice(0, -2);
    const [a, b] = inputs.map((input) => overBatch(input, batch, tf));
    return tf.matMul(a!, b!, transposeA, transposeB);
  },

  sum: ({ attrs: { axes, keepDims } }, [x], { tf }) => tf.sum(x!, [...axes], keepDims),

  max: ({ attrs: { axes, keepDims } }, [x], { tf }) => tf.max(x!, [...axes], keepDims),

  /** TensorFlow.js knows the last axis only. */
  softmax: ({ attrs: { axis } }, [x], { tf }) => {
    const last = x!.rank - 1;
    if (axis === last) return tf.softmax(x!);
    const swapped = x!.shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
    return tf.transpose(tf.softmax(tf.transpose(x!, swapped)), swapped);
  },
};

/**
 * Repeats matrices over batch dimensions. A single matrix is left alone, for the product repeats it; for
 * anything between one and all, TensorFlow.js pairs the matrices of the two operands wrongly.
 */
function overBatch(x: TfTensor, batch: readonly number[], tf: Tfjs): TfTensor {
  const own = x.shape.slice(0, -2);
  const isSingle = own.every((size) => size === 1);
  if (isSingle || own.join() === batch.join()) return x;
  return tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
}
