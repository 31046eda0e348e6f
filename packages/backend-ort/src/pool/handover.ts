import { sameShape, type TensorData, type TensorMap } from '@limaml/graph';
import type { SentTensor } from './protocol.js';

/** Under which number a thread knows an array in shared memory, and with which shape. */
interface Known {
  readonly number: number;
  readonly shape: readonly number[];
}

/**
 * What one thread is sent for tensors. An array in shared memory goes to it once; from then on its number is
 * enough. Loops run on the same arrays again and again, and a message with dozens of them costs the receiver
 * new objects, and the garbage collector their whole size, in every run.
 */
export class Handover {
  readonly #known = new WeakMap<ArrayBufferView, Known>();
  readonly #gone: FinalizationRegistry<number>;
  #last = 0;

  /** @param forget told the number of an array that nobody uses any more */
  constructor(forget: (number: number) => void) {
    this.#gone = new FinalizationRegistry(forget);
  }

  send(tensors: TensorMap): Record<string, SentTensor> {
    const sent: Record<string, SentTensor> = {};
    for (const name in tensors) sent[name] = this.#sent(tensors[name]!);
    return sent;
  }

  #sent(tensor: TensorData): SentTensor {
    const { data, shape } = tensor;
    if (!(data.buffer instanceof SharedArrayBuffer)) return { tensor };
    const known = this.#known.get(data);
    if (known && sameShape(known.shape, shape)) return known.number;
    const number = ++this.#last;
    this.#known.set(data, { number, shape });
    this.#gone.register(data, number);
    return { tensor, number };
  }
}
