import type { Primitive } from '../primitives.js';
import type { Tensor } from '../tensor.js';
import {
  castKernel,
  concatKernel,
  elementwise,
  gatherKernel,
  matMulKernel,
  padKernel,
  reduction,
  scatterAddKernel,
  sliceKernel,
  softmaxKernel,
  transposeKernel,
} from './kernels.js';
import type { Kernel } from './kernels.js';
import { SCALAR_FUNCTIONS } from './scalar-functions.js';
import type { ScalarPrimitive } from './scalar-functions.js';
import { elementCount, stretch } from './value.js';

/** Primitives that a kernel computes; inputs are fed instead. */
export type ComputedPrimitive = Exclude<Primitive, 'input'>;

const scalarKernels = Object.fromEntries(
  Object.entries(SCALAR_FUNCTIONS).map(([op, fn]) => [op, elementwise(fn)]),
) as Readonly<Record<ScalarPrimitive, Kernel<Tensor>>>;

const sameElements: Kernel<Tensor> = (_, [x]) => x!.data;

/** Interpretation in double precision, exhaustive over the primitives. */
export const KERNELS: { readonly [P in ComputedPrimitive]: Kernel<Tensor<P>> } = {
  ...scalarKernels,
  fill: ({ attrs }, _, { shape }) => new Float64Array(elementCount(shape)).fill(attrs.value),
  constant: ({ attrs }) => Float64Array.from(attrs.data),
  dimSize: ({ attrs }, _, { size }) => Float64Array.of(size(attrs.dim)),
  cast: castKernel,
  stopGradient: sameElements,
  matMul: matMulKernel,
  sum: reduction(0, (total, x) => total + x),
  max: reduction(-Infinity, (largest, x) => Math.max(largest, x)),
  softmax: softmaxKernel,
  reshape: sameElements,
  transpose: transposeKernel,
  broadcastTo: (_, [x], { shape }) => stretch(x!, shape),
  concat: concatKernel,
  slice: sliceKernel,
  pad: padKernel,
  gather: gatherKernel,
  scatterAdd: scatterAddKernel,
};
