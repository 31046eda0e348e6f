import {
  alignTasks,
  leaf,
  type MetaInput,
  type ParamSpec,
  type TableSpec,
  type Tree,
} from '@limaml/core';
import { broadcastTo, type Tensor, type TensorSpec } from '@limaml/graph';

/** A meta block f_meta: from what is known of an entity to its meta embedding. */
export interface MetaBlock {
  readonly params: Tree<ParamSpec>;
  /** Names, or beginnings of names, of the last layers among `params`. */
  readonly head: readonly string[];
  readonly tables: Readonly<Record<string, TableSpec>>;
  readonly inputs: {
    readonly entity: Readonly<Record<string, TensorSpec>>;
    readonly rows: Readonly<Record<string, TensorSpec>>;
    readonly outcomes: Readonly<Record<string, TensorSpec>>;
  };
  /** `[T, D]`. */
  apply(params: Tree<Tensor>, input: MetaInput): Tensor;
}

/** The offset that every meta block adds last: what the inner loop moves most directly, `[D]`. */
export function offsetSpec(dim: number): ParamSpec {
  return { shape: [dim], init: { kind: 'zeros' } };
}

/** The offset as one row per task, `[T, D]`. */
export function taskOffset(params: Tree<Tensor>, { support }: MetaInput, dim: number): Tensor {
  const offset = alignTasks(leaf(params, 'offset'), 1, 2);
  return broadcastTo(offset, [support.mask.shape[0]!, dim]);
}
