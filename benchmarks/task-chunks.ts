import type { ParameterValues } from '@limaml/core';
import type { Program, TensorData, TensorMap } from '@limaml/graph';

/** Part of a batch: some of its tasks, and their share of all query rows. */
export interface TaskChunk {
  readonly feeds: TensorMap;
  readonly weight: number;
}

/**
 * Cuts a batch into chunks of tasks, as views. The gradient of the batch is the sum of those of the
 * chunks, each times its weight; small chunks keep what a step computes in the processor's caches.
 *
 * @param program with the symbol T for the number of tasks
 * @param batch `[T, …]` tensors, and others that all tasks share
 * @param tasks tasks in a chunk; divides T
 */
export function chunksOf(program: Program, batch: TensorMap, tasks: number): readonly TaskChunk[] {
  const total = sumOf(batch['query/mask']!);
  return partsOf(program, batch, tasks).map((feeds) => {
    return { feeds, weight: sumOf(feeds['query/mask']!) / total };
  });
}

/** Cuts a batch into parts of some tasks each, as views. */
export function partsOf(program: Program, batch: TensorMap, tasks: number): readonly TensorMap[] {
  const isPerTask = (name: string): boolean => program.inputs[name]!.shape[0] === 'T';
  const count = batch[Object.keys(batch).find(isPerTask)!]!.shape[0]! / tasks;
  return Array.from({ length: count }, (_, part) => {
    const entries = Object.entries(batch).map(([name, tensor]) => {
      return [name, isPerTask(name) ? tasksOf(tensor, part * tasks, tasks) : tensor] as const;
    });
    return Object.fromEntries(entries);
  });
}

/** `total ← total + weight · part`, for each gradient; the first chunk overwrites. */
export function accumulate(
  total: ParameterValues,
  part: ParameterValues,
  weight: number,
  isFirst: boolean,
): void {
  for (const [name, { data }] of Object.entries(total)) {
    const added = part[name]!.data;
    const kept = isFirst ? 0 : 1;
    for (let i = 0; i < data.length; i++) data[i] = kept * data[i]! + weight * added[i]!;
  }
}

function tasksOf(tensor: TensorData, first: number, tasks: number): TensorData {
  const size = tensor.data.length / tensor.shape[0]!;
  const data = tensor.data.subarray(first * size, (first + tasks) * size);
  return { ...tensor, shape: [tasks, ...tensor.shape.slice(1)], data } as TensorData;
}

function sumOf({ data }: TensorData): number {
  return (data as Float32Array).reduce((sum, value) => sum + value, 0);
}
