import type * as TfjsCore from '@tensorflow/tfjs-core';

/** TensorFlow.js, of which only operations run forwards are used: derivatives are taken on the graph. */
export type Tfjs = typeof TfjsCore;

/** A tensor of TensorFlow.js. */
export type TfTensor = TfjsCore.Tensor;

/** Where TensorFlow.js computes. */
export type TfjsBackend = 'node' | 'wasm' | 'cpu';

/** A backend that is ready to run. */
export interface LoadedBackend {
  readonly kind: TfjsBackend;
  readonly tf: Tfjs;
  /** Its name in the registry of TensorFlow.js. */
  readonly registeredAs: string;
}

/**
 * Runs a function on a backend. TensorFlow.js has one current backend per process; the one that was
 * current is so again afterwards. A backend that has been started becomes current within the call, so
 * nothing else runs in between.
 */
export function withBackend<Result>(
  { tf, registeredAs }: LoadedBackend,
  run: () => Result,
): Result {
  // Undefined when none has been chosen yet, whatever its type says.
  const before = tf.getBackend() as string | undefined;
  if (before === registeredAs) return run();
  void tf.setBackend(registeredAs);
  try {
    return run();
  } finally {
    if (before) void tf.setBackend(before);
  }
}
