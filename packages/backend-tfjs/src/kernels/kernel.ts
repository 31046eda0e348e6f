import type { Primitive, Tensor } from '@limaml/graph';
import type { SizeOf } from '../sizes.js';
import type { Tfjs, TfTensor } from '../tfjs.js';

/** What a kernel knows besides its inputs. */
export interface KernelContext {
  readonly tf: Tfjs;
  /** Shape of the result. */
  readonly shape: number[];
  readonly sizeOf: SizeOf;
}

/** Computes a primitive with TensorFlow.js. The result is a new tensor, never one of the inputs. */
export type Kernel<P extends Primitive> = (
  tensor: Tensor<P>,
  inputs: readonly TfTensor[],
  context: KernelContext,
) => TfTensor;

/** A kernel for each of some primitives. */
export type Kernels<P extends Primitive> = { readonly [K in P]: Kernel<K> };
