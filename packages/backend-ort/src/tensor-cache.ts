import type { TensorData } from '@limaml/graph';
import type { Tensor } from 'onnxruntime-node';
import type { Runtime } from './runtime.js';

/** Keeps the runtime's view of each buffer, so that running again on the same buffers makes no new objects. */
export class TensorCache {
  readonly #runtime: Runtime;
  readonly #tensors = new WeakMap<ArrayBufferView, Tensor>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** The runtime's tensor over the same memory. */
  get(tensor: TensorData): Tensor {
    const known = this.#tensors.get(tensor.data);
    if (known?.type === tensor.dtype && sameShape(known.dims, tensor.shape)) return known;
    const made = new this.#runtime.Tensor(tensor.dtype, tensor.data, tensor.shape);
    this.#tensors.set(tensor.data, made);
    return made;
  }
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
