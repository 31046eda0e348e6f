import type { Tensor } from './tensor.js';

/** A traced computation: named inputs to named outputs. The order of the keys is the order of the ports. */
export interface Program {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
}
