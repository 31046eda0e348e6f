import { alignTasks, flattenTree, type ParamSpec, type Tree, unflattenTree } from '@limaml/core';
import { broadcastTo, concat, type Dim, reshape, slice, type Tensor } from '@limaml/graph';

/** See {@link packedLayers}. */
export interface PackedLayers {
  /** Numbers in a packed vector. */
  readonly size: number;
  /** Weights, shared or of each task, as one vector per task `[T, size]`. */
  pack(params: Tree<Tensor>, tasks: Dim): Tensor;
  /** The weights of each task again, `[T, …]` each. */
  unpack(packed: Tensor): Tree<Tensor>;
}

/**
 * The weights of layers as one vector, so that they can be kept as a meta embedding.
 *
 * ```text
 * kernel [T, F, H], bias [T, H], … ── flat, one behind the other ── [T, F H + H + …] ── and back
 * ```
 *
 * Without parameters.
 *
 * @param params specs of the layers
 * @example
 * ```ts
 * const layers = mlp({ widths: [24, 64, 1] });
 * const packed = packedLayers(layers.params);
 * packed.size; // 1665
 * ```
 */
export function packedLayers(params: Tree<ParamSpec>): PackedLayers {
  const leaves = flattenTree(params).map(([path, { shape }]) => ({ path, shape }));
  const ends = leaves.reduce<number[]>(
    (all, { shape }) => [...all, (all.at(-1) ?? 0) + count(shape)],
    [],
  );
  return {
    size: ends.at(-1) ?? 0,
    pack(weights, tasks) {
      const values = new Map(flattenTree(weights));
      return concat(
        leaves.map(({ path, shape }) => flat(values.get(path)!, shape, tasks)),
        -1,
      );
    },
    unpack: (packed) =>
      unflattenTree(
        leaves.map(({ path, shape }, i) => {
          const part = slice(packed, 1, ends[i]! - count(shape), ends[i]!);
          return [path, reshape(part, [packed.shape[0]!, ...shape])] as const;
        }),
      ),
  };
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** `[…]` or `[T, …]` → `[T, count]`. */
function flat(weights: Tensor, shape: readonly number[], tasks: Dim): Tensor {
  const aligned = alignTasks(weights, shape.length, shape.length + 1);
  return reshape(broadcastTo(aligned, [tasks, ...shape]), [tasks, count(shape)]);
}
