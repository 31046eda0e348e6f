import { mul, relu, sigmoid, softplus, tanh, type Tensor } from '@limaml/graph';

/** Element-wise functions between layers. `silu` is $x\,\sigma(x)$; `relu` alone is not smooth. */
export const ACTIVATIONS = {
  linear: (x: Tensor): Tensor => x,
  relu,
  sigmoid,
  silu: (x: Tensor): Tensor => mul(x, sigmoid(x)),
  softplus,
  tanh,
} as const satisfies Record<string, (x: Tensor) => Tensor>;

/** Name of an activation. */
export type Activation = keyof typeof ACTIVATIONS;
