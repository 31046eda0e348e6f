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

/** Inputs of a program that looks rows up: at `at`, which may be wrong, and at `ok`. */
type Looked = Readonly<Record<'table' | 'at' | 'ok', g.Tensor>>;

async function codeAndMessage(run: Promise<unknown>): Promise<[string, string]> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isLimamlError(error)) throw new Error(`expected a coded error, got ${String(error)}`);
  return [error.code, error.message];
}

describe('createOrtExecutor', () => {
  it('refuses names that are no execution provider and lists those that are', async () => {
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

  it('says which tensors disagree about a symbol', async () => {
    const [code, message] = await codeAndMessage(
      sums.run({ ...feeds, y: floats([3, 1], 1, 2, 3) }),
    );
    expect(code).toBe('LIMAML_ERR_GRAPH_PORT_SHAPE');
    expect(message).toContain('Input "y" has shape [3, 1], but T is 2 in input "x"');
    expect(message).toContain('program "sums"');
  });

  it('checks dimensions that are computed from symbols', async () => {
    const concat = g.trace(
      { a: g.spec(['Q']), b: g.spec(['S']), ab: g.spec(['Q+S']) },
      ({ a, b, ab }) => ({ y: g.add(g.concat([a, b], 0), ab) }),
    );
    const executable = await executor.compile(concat);
    const [a, b] = [floats([1], 1), floats([2], 2, 3)];
    const { y } = await executable.run({ a, b, ab: floats([3], 1, 1, 1) });
    expect(y).toEqual(floats([3], 2, 3, 4));
    const [code, message] = await codeAndMessage(executable.run({ a, b, ab: floats([2], 1, 1) }));
    expect(code).toBe('LIMAML_ERR_GRAPH_PORT_SHAPE');
    expect(message).toContain('Input "ab" has shape [2], but Q+S is 3');
    await executable.dispose();
  });

  it('refuses shared memory', async () => {
    const data = new Float32Array(new SharedArrayBuffer(16));
    const shared = { dtype: 'float32', shape: [2, 2], data } as const;
    const [code] = await codeAndMessage(sums.run({ ...feeds, x: shared }));
    expect(code).toBe('LIMAML_ERR_ORT_SHARED_MEMORY');
  });

  it.each([
    ['gather', (t: Looked) => g.gather(t.table, t.at)],
    ['scatterAdd', (t: Looked) => g.scatterAdd(t.at, g.gather(t.table, t.ok), 3)],
  ])('%s refuses an index outside the table; a negative one counts from the end', async (_, op) => {
    const inputs = {
      table: g.spec([3]),
      at: g.spec(['N'], 'int32'),
      ok: g.spec(['N'], 'int32'),
    };
    const lookUp = await executor.compile(g.trace(inputs, (t) => ({ y: op(t) })));
    const [table, ok] = [floats([3], 1, 2, 4), { ...feeds.n, data: Int32Array.of(0, 0) }];
    const lookUpAt = (index: number) =>
      lookUp.run({ table, ok, at: { ...feeds.n, data: Int32Array.of(0, index) } });
    for (const outside of [3, -4, 2 ** 31 - 1]) {
      const [code, message] = await codeAndMessage(lookUpAt(outside));
      expect(code).toBe('LIMAML_ERR_ORT_RUN_FAILED');
      expect(message).toContain(String(outside));
    }
    expect(await lookUpAt(-1)).toEqual(await lookUpAt(2));
    await lookUp.dispose();
  });

  it('reports what fails inside the runtime', async () => {
    const rows = g.trace(
      { table: g.spec(['U', 2]), at: g.spec(['N'], 'int32') },
      ({ table, at }) => ({
        rows: g.gather(table, at),
      }),
    );
    const lookUp = await executor.compile(rows, { name: 'look-up' });
    const at: TensorData = { dtype: 'int32', shape: [1], data: Int32Array.of(7) };
    const [code, message] = await codeAndMessage(lookUp.run({ table: floats([1, 2], 1, 2), at }));
    expect(code).toBe('LIMAML_ERR_ORT_RUN_FAILED');
    expect(message).toMatch(/idx=7.*program "look-up"/);
    await lookUp.dispose();
  });

  it('gives the same bits in every run', async () => {
    const [first, second] = [await sums.run(feeds), await sums.run(feeds)];
    expect(first).toEqual(second);
  });
});

describe('load', () => {
  let executor: OrtExecutor;
  beforeAll(async () => {
    executor = await createOrtExecutor();
  });
  afterAll(() => executor.dispose());

  it('runs an ONNX file', async () => {
    const loaded = await executor.load(toOnnx(program), { name: 'from a file' });
    expect(Object.keys(loaded.inputs)).toEqual(['x', 'y', 'n']);
    expect(loaded.outputs.positive).toEqual(g.spec(['T', 2], 'bool'));
    expect((await loaded.run(feeds)).sum).toEqual(floats([2], 13, 21));
    expect((await codeAndMessage(loaded.run({})))[1]).toContain('program "from a file"');
  });

  it('refuses a file that is cut', async () => {
    const model = toOnnx(program);
    const [code] = await codeAndMessage(executor.load(model.subarray(0, model.length - 10)));
    expect(code).toBe('LIMAML_ERR_ONNX_CORRUPT');
  });

  it('refuses a model that the runtime cannot run', async () => {
    const text = Buffer.from(toOnnx(program)).toString('latin1');
    const model = Uint8Array.from(Buffer.from(text.replace('ReduceSum', 'ReduceSuk'), 'latin1'));
    const [code, message] = await codeAndMessage(executor.load(model));
    expect(code).toBe('LIMAML_ERR_ORT_SESSION_FAILED');
    expect(message).toContain('ReduceSuk');
  });
});

describe('dispose', () => {
  it('disposes of every program and refuses further use', async () => {
    const executor = await createOrtExecutor();
    const executable = await executor.compile(program);
    await executor.dispose();
    await executor.dispose();
    expect((await codeAndMessage(executable.run(feeds)))[0]).toBe('LIMAML_ERR_ORT_DISPOSED');
    expect((await codeAndMessage(executor.compile(program)))[0]).toBe('LIMAML_ERR_ORT_DISPOSED');
  });
});
