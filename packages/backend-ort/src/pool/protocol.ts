import type { TensorMap } from '@limaml/graph';
import type { InferenceSession } from 'onnxruntime-node';

/** What a thread is asked to do. `program` is a number that the pool gives each model. */
export type PoolTask =
  | {
      readonly kind: 'load';
      readonly program: number;
      readonly model: Uint8Array;
      readonly options: InferenceSession.SessionOptions;
    }
  | {
      readonly kind: 'run';
      readonly program: number;
      readonly feeds: TensorMap;
      /** Buffers in shared memory for some of the outputs. */
      readonly into: TensorMap;
    }
  | { readonly kind: 'release'; readonly program: number };

/** Messages to a thread. */
export type PoolRequest = (PoolTask & { readonly id: number }) | { readonly kind: 'close' };

/** Answers of a thread: the outputs that had no buffer, in shared memory; or why it failed. */
export type PoolReply = { readonly id: number } & (
  { readonly outputs: TensorMap } | { readonly failure: Error }
);
