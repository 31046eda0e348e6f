import { sameShape, type TensorData } from '@limaml/graph';
import type { Tensor } from 'onnxruntime-node';
import { sharedMemory } from './errors.js';
import type { Runtime } from './runtime.js';

/** Keeps the runtime's view of each buffer, so that running again on the same buffers makes no new objects. */
export class TensorCache {
  readonly #runtime: Runtime;
  readonly #program: string;
  readonly #tensors = new WeakMap<ArrayBufferView, Tensor>();

  /** @param program its name, for messages */
  constructor(runtime: Runtime, program: string) {
    this.#runtime = runtime;
    this.#program = program;
  }

  /**
   * The runtime's tensor over the same memory.
   *
   * @param port name of the input or output
   * @throws LIMAML_ERR_ORT_SHARED_MEMORY
   */
  get(port: string, tensor: TensorData): Tensor {
    const known = this.#tensors.get(tensor.data);
    if (known?.type === tensor.dtype && sameShape(known.dims, tensor.shape)) return known;
    if (!(tensor.data.buffer instanceof ArrayBuffer)) throw sharedMemory(this.#program, port);
    const made = new this.#runtime.Tensor(tensor.dtype, tensor.data, tensor.shape);
    this.#tensors.set(tensor.data, made);
    return made;
  }
}
