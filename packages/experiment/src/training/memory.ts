import type { ParameterValues } from '@limaml/core';
import type { Executor, TensorData } from '@limaml/graph';

/** Whether an executor's programs read and fill shared memory: those of worker threads do. */
export function usesSharedMemory({ workers }: Executor): boolean {
  return workers !== undefined;
}

/** Zeros, in shared memory or not. */
export function floatTensor(shape: readonly number[], shared: boolean): TensorData<'float32'> {
  const bytes = 4 * shape.reduce((product, size) => product * size, 1);
  const data = new Float32Array(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
  return { dtype: 'float32', shape, data };
}

/** Copies of tensors, in shared memory or not. */
export function copiedValues(values: ParameterValues, shared: boolean): ParameterValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, { shape, data }]) => {
      const copy = floatTensor(shape, shared);
      copy.data.set(data);
      return [name, copy];
    }),
  );
}
