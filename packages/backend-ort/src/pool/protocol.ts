import type { TensorData, TensorMap } from '@limaml/graph';
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

/** A tensor as a thread is sent it: in whole, with the number to keep it under if any, or by that number. */
export type SentTensor = number | { readonly tensor: TensorData; readonly number?: number };

type SentTensors = Readonly<Record<string, SentTensor>>;

/** A task as a thread is sent it. */
export type SentTask =
  | Exclude<PoolTask, { kind: 'run' }>
  | {
      readonly kind: 'run';
      readonly program: number;
      readonly feeds: SentTensors;
      readonly into: SentTensors;
    };

/** Messages to a thread. `forget` names a tensor that it need not keep any longer. */
export type PoolRequest =
  | (SentTask & { readonly id: number })
  | { readonly kind: 'forget'; readonly number: number }
  | { readonly kind: 'close' };

/** Answers of a thread: the outputs that had no buffer, in shared memory; or why it failed. */
export type PoolReply = { readonly id: number } & (
  { readonly outputs: TensorMap } | { readonly failure: Error }
);
