import { isLimamlError } from '@limaml/errors';
import * as g from '@limaml/graph';
import type { Executable, TensorData, TensorMap } from '@limaml/graph';
import { toOnnx } from '@limaml/onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrtExecutor } from './index.js';
import type { OrtExecutor } from './index.js';

const program = g.trace(
  { x: g.spec(['T', 2]), y: g.spec(['T', 'S']), n: g.spec(['T'], 'int32') },
  ({ x, y, n }) => ({
    sum: g.add(g.sum(x, { axes: [1] }), g.sum(y, { axes: [1] })),
    next: g.add(n, g.ones([], 'int32')),
    positive: g.greater(x, 0),
  }),
);

function floats(shape: readonly number[], ...data: number[]): TensorData<'float32'> {
  return { dtype: 'float32', shape, data: Float32Array.from(data) };
}

const feeds = {
  x: floats([2, 2], 1, 2, -3, 4),
  y: floats([2, 1], 10, 20),
  n: { dtype: 'int32', shape: [2], data: Int32Array.of(5, 6) },
} satisfies TensorMap;

async function codeAndMessage(run: Promise<unknown>): Promise<[string, string]> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isLimamlError(error)) throw new Error(`expected a coded error, got ${String(error)}`);
  return [error.code, error.message];
}

describe('createOrtExecutor', () => {
  it('refuses unknown execution providers and lists the available ones', async () => {
    const [code, message] = await codeAndMessage(
      createOrtExecutor({ executionProviders: ['abacus'] }),
    );
    expect(code).toBe('LIMAML_ERR_ORT_UNKNOWN_PROVIDER');
    expect(message).toMatch(/abacus.*cpu/);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %s threads', async (threads) => {
    const [code] = await codeAndMessage(createOrtExecutor({ threads }));
    expect(code).toBe('LIMAML_ERR_ORT_INVALID_THREADS');
  });
});

describe('run', () => {
  let executor: OrtExecutor;
  let sums: Executable;
  beforeAll(async () => {
    executor = await createOrtExecutor();
    sums = await executor.compile(program, { name: 'sums' });
  });
  afterAll(() => executor.dispose());

  it('computes every output', async () => {
    const { sum, next, positive } = await sums.run(feeds);
    expect(sum).toEqual(floats([2], 13, 21));
    expect(next).toEqual({ dtype: 'int32', shape: [2], data: Int32Array.of(6, 7) });
    expect(positive).toEqual({
      dtype: 'bool',
      shape: [2, 2],
      data: Uint8Array.of(1, 1, 0, 1),
    });
  });

  it('fills the buffers it is given and returns them', async () => {
    const into = { sum: floats([2], 0, 0) };
    const outputs = await sums.run(feeds, into);
    expect(outputs.sum).toBe(into.sum);
    expect([...into.sum.data]).toEqual([13, 21]);
    expect(outputs.next?.data).toEqual(Int32Array.of(6, 7));
  });
});
