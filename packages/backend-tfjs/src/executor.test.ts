import { isLimamlError } from '@limaml/errors';
import * as g from '@limaml/graph';
import type { TensorData, TensorMap } from '@limaml/graph';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { BACKENDS } from './backends.test-support.js';
import { createTfjsExecutor } from './index.js';

const program = g.trace({ x: g.spec(['T', 2]), n: g.spec(['T'], 'int32') }, ({ x, n }) => ({
  sum: g.sum(g.tanh(g.add(x, g.constant([0.5, -0.5]))), { axes: [1] }),
  next: g.add(n, g.ones([], 'int32')),
  same: x,
  again: x,
}));

const feeds = {
  x: { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, -3, 4) },
  n: { dtype: 'int32', shape: [2], data: Int32Array.of(5, 6) },
} satisfies TensorMap;

const rows = g.trace({ table: g.spec(['U', 2]), at: g.spec(['N'], 'int32') }, ({ table, at }) => ({
  read: g.gather(table, at),
  written: g.scatterAdd(at, g.ones(['N', 2]), 'U'),
}));

async function errorOf(run: Promise<unknown>) {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isLimamlError(error)) throw new Error(`expected a coded error, got ${String(error)}`);
  return error;
}

const notThere = (): Promise<unknown> =>
  Promise.reject(new Error('The native addon can not be found.\nAdvice.'));

describe('createTfjsExecutor', () => {
  it('falls back to WASM and says why', async () => {
    const executor = await createTfjsExecutor({ importTfjsNode: notThere });
    expect(executor).toMatchObject({ name: 'tfjs-wasm', backend: 'wasm' });
    expect(executor.reason).toBe(
      'TensorFlow.js on WASM, because tfjs-node does not load: The native addon can not be found',
    );
  });

  it('falls back where tfjs-node loads but cannot compute', async () => {
    const executor = await createTfjsExecutor({ importTfjsNode: () => Promise.resolve({}) });
    expect(executor.backend).toBe('wasm');
    expect(executor.reason).toMatch(/tfjs-node does not load: .* is not a function/);
  });

  it('takes the backend that it is told to', async () => {
    const executor = await createTfjsExecutor({ backend: 'cpu' });
    expect(executor).toMatchObject({ name: 'tfjs-cpu', backend: 'cpu' });
    expect(executor.reason).toBe('TensorFlow.js on plain JavaScript, as the option says');
  });

  it('refuses a backend that does not load, and says what to do', async () => {
    const error = await errorOf(createTfjsExecutor({ backend: 'node', importTfjsNode: notThere }));
    expect(error.code).toBe('LIMAML_ERR_TFJS_BACKEND_UNAVAILABLE');
    expect(error.message).toMatch(/native addon can not be found \(.*npm install @tensorflow/);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('refuses a backend that there is not, and lists those that there are', async () => {
    const error = await errorOf(createTfjsExecutor({ backend: 'abacus' as 'cpu' }));
    expect(error.code).toBe('LIMAML_ERR_TFJS_UNKNOWN_BACKEND');
    expect(error.message).toContain('auto, node, wasm, cpu');
  });

  it('leaves no handlers for uncaught errors in the process', async () => {
    await createTfjsExecutor({ backend: 'wasm' });
    const events: Pick<NodeJS.EventEmitter, 'listeners'> = process;
    const handlers = [
      ...events.listeners('uncaughtException'),
      ...events.listeners('unhandledRejection'),
    ].map(String);
    expect(handlers.filter((handler) => handler.includes('throw'))).toEqual([]);
  });
});

describe.each(BACKENDS)('on $title', ({ executor, backend }) => {
  it.skipIf(!executor)('keeps no tensors from run to run, failed ones included', async () => {
    const executable = await executor!.compile(program);
    const lookUp = await executor!.compile(rows);
    const table = feeds.x;
    const counts: number[] = [];
    for (let i = 0; i < 3; i++) {
      await executable.run(feeds);
      const at: TensorData = { dtype: 'int32', shape: [1], data: Int32Array.of(i) };
      await lookUp.run({ table, at }).catch(() => undefined);
      counts.push(tf.engine().state.numTensors, tf.engine().state.numDataBuffers);
    }
    expect(counts).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it.skipIf(!executor)('returns copies where outputs are inputs', async () => {
    const executable = await executor!.compile(program);
    const { same, again } = await executable.run(feeds);
    same!.data[0] = 100;
    expect(again!.data[0]).toBe(1);
    expect(feeds.x.data[0]).toBe(1);
  });

  it.skipIf(!executor)('reads shared memory', async () => {
    const data = new Float32Array(new SharedArrayBuffer(16));
    data.set(feeds.x.data);
    const executable = await executor!.compile(program);
    const x: TensorData = { ...feeds.x, data };
    expect(await executable.run({ ...feeds, x })).toEqual(await executable.run(feeds));
  });

  it.skipIf(!executor).each([-1, 2])('refuses index %i of a table of two rows', async (index) => {
    const lookUp = await executor!.compile(rows);
    const at: TensorData = { dtype: 'int32', shape: [2], data: Int32Array.of(0, index) };
    const error = await errorOf(lookUp.run({ table: feeds.x, at }));
    expect(error.code).toBe('LIMAML_ERR_TFJS_INDEX_RANGE');
    expect(error.message).toContain(`Index ${index}`);
  });

  it.skipIf(!executor)('gives the process its own backend back', async () => {
    const other = backend === 'cpu' ? 'wasm' : 'cpu';
    await tf.setBackend(other);
    const executable = await executor!.compile(program);
    await executable.run(feeds);
    await errorOf(executable.run({}));
    expect(tf.getBackend()).toBe(other);
    expect(tf.tidy(() => tf.add(1, 2).dataSync())).toEqual(Float32Array.of(3));
  });
});

describe('run', () => {
  it('says which size a symbol has', async () => {
    const executor = await createTfjsExecutor({ backend: 'cpu' });
    const executable = await executor.compile(program, { name: 'sums' });
    const n: TensorData = { dtype: 'int32', shape: [3], data: new Int32Array(3) };
    const error = await errorOf(executable.run({ ...feeds, n }));
    expect(error.code).toBe('LIMAML_ERR_GRAPH_PORT_SHAPE');
    expect(error.message).toMatch(/Input "n" has shape \[3\].*T is 2 in input "x"/);
  });

  it('checks dimensions that are computed from symbols', async () => {
    const executor = await createTfjsExecutor({ backend: 'cpu' });
    const joined = g.trace(
      { ab: g.spec(['Q+S']), a: g.spec(['Q']), b: g.spec(['S']) },
      ({ a, b, ab }) => ({ y: g.add(g.concat([a, b], 0), ab) }),
    );
    const executable = await executor.compile(joined);
    const ones = (size: number): TensorData => ({
      dtype: 'float32',
      shape: [size],
      data: new Float32Array(size).fill(1),
    });
    const { y } = await executable.run({ ab: ones(3), a: ones(1), b: ones(2) });
    expect(y!.data).toEqual(Float32Array.of(2, 2, 2));
    const error = await errorOf(executable.run({ ab: ones(2), a: ones(1), b: ones(2) }));
    expect(error.message).toContain('Q+S is 3');
  });
});

describe('dispose', () => {
  it('disposes of every program and refuses further use', async () => {
    const executor = await createTfjsExecutor({ backend: 'cpu' });
    const executable = await executor.compile(program);
    await executor.dispose();
    await executor.dispose();
    expect((await errorOf(executable.run(feeds))).code).toBe('LIMAML_ERR_TFJS_DISPOSED');
    expect((await errorOf(executor.compile(program))).code).toBe('LIMAML_ERR_TFJS_DISPOSED');
  });
});
