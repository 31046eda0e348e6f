import { add, greater, mul, ones, spec, sum, trace } from '@limaml/graph';
import type { Executable, Executor, Program, TensorData } from '@limaml/graph';

/** A small program of all element types: `rows = 2·Σ x + bias`, `next = n + 1`, `positive = x > 0`. */
export const SAMPLE = trace(
  { x: spec(['T', 3]), bias: spec(['T']), n: spec(['T'], 'int32') },
  ({ x, bias, n }) => ({
    rows: add(mul(sum(x, { axes: [1] }), 2), bias),
    next: add(n, ones([], 'int32')),
    positive: greater(x, 0),
  }),
);

/** Feeds of {@link SAMPLE} for two tasks, whose `rows` are 2·6·scale + 1 and −2·6·scale + 2. */
export function sampleFeeds(scale = 1) {
  return {
    x: floats([2, 3], (i) => scale * [1, 2, 3, -1, -2, -3][i]!),
    bias: floats([2], (i) => i + 1),
    n: { dtype: 'int32', shape: [2], data: Int32Array.of(4, 5) },
  } as const;
}

/** What `rows` is for {@link sampleFeeds}. */
export function sampleRows(scale = 1): readonly number[] {
  return [12 * scale + 1, -12 * scale + 2];
}

/** A float32 tensor; varied numbers unless stated. */
export function floats(
  shape: readonly number[],
  valueAt: (index: number) => number = (i) => Math.sin(1 + 1.7 * i),
): TensorData<'float32'> {
  const length = shape.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length }, (_, i) => valueAt(i));
  return { dtype: 'float32', shape, data };
}

/** Compiles, uses and disposes. */
export async function withExecutable<Result>(
  executor: Executor,
  program: Program,
  use: (executable: Executable) => Promise<Result>,
): Promise<Result> {
  const executable = await executor.compile(program, { name: 'conformance' });
  try {
    return await use(executable);
  } finally {
    await executable.dispose();
  }
}
