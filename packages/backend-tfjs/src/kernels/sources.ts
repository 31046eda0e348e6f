import type { ConstantData, DType, DTypeArrays } from '@limaml/graph';
import type { Kernels } from './kernel.js';

/** Primitives without inputs; those named `input` are fed. */
export const SOURCES: Kernels<'fill' | 'constant' | 'dimSize'> = {
  fill: ({ attrs: { value, dtype } }, _, { tf, shape }) => tf.fill(shape, value, dtype),
  constant: ({ attrs: { data, dtype } }, _, { tf, shape }) =>
    tf.tensor(TYPED[dtype](data), shape, dtype),
  dimSize: ({ attrs: { dim } }, _, { tf, sizeOf }) => tf.scalar(sizeOf(dim), 'float32'),
};

/** Constants may be stored as doubles. */
const TYPED: { readonly [D in DType]: (data: ConstantData) => DTypeArrays[D] } = {
  float32: (data) => (data instanceof Float32Array ? data : Float32Array.from(data)),
  int32: (data) => (data instanceof Int32Array ? data : Int32Array.from(data)),
  bool: (data) => (data instanceof Uint8Array ? data : Uint8Array.from(data)),
};
