import { isLimamlError } from '@limaml/errors';
import { gather, matMul, relu, spec, sum, trace } from '@limaml/graph';
import type { TensorData } from '@limaml/graph';
import { setImmediate } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { createOrtExecutor } from '../index.js';
import type { OrtExecutor } from '../index.js';

const product = trace({ x: spec(['T', 8]), w: spec([8, 4]) }, ({ x, w }) => ({
  y: relu(matMul(x, w)),
}));

function floats(shape: readonly number[], value: (at: number) => number): TensorData<'float32'> {
  const length = shape.reduce((all, size) => all * size, 1);
  return { dtype: 'float32', shape, data: Float32Array.from({ length }, (_, at) => value(at)) };
}

function inSharedMemory({ shape, data }: TensorData<'float32'>): TensorData<'float32'> {
  const copy = new Float32Array(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return { dtype: 'float32', shape, data: copy };
}

const w = floats([8, 4], (at) => Math.sin(at));
const inputs = [1, 2, 3, 4, 5, 6, 7].map((rows) => floats([rows, 8], (at) => Math.cos(at * rows)));

const open: OrtExecutor[] = [];
afterEach(() => Promise.all(open.splice(0).map((executor) => executor.dispose())));

async function start(workers?: number): Promise<OrtExecutor> {
  const executor = await createOrtExecutor(workers === undefined ? {} : { workers });
  open.push(executor);
  return executor;
}

async function codeOf(run: Promise<unknown>): Promise<string> {
  const error: unknown = await run.catch((reason: unknown) => reason);
  return isLimamlError(error) ? error.code : String(error);
}

describe('a pool of threads', () => {
  it('gives the bits of the calling thread, however many runs there are at once', async () => {
    const results = await Promise.all(
      [undefined, 1, 3].map(async (workers) => {
        const executable = await (await start(workers)).compile(product);
        return Promise.all(inputs.map((x) => executable.run({ x, w })));
      }),
    );
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('reads feeds from shared memory and fills shared buffers, again and again', async () => {
    const executor = await start(2);
    const executable = await executor.compile(product);
    const x = inSharedMemory(inputs[2]!);
    const y = inSharedMemory(floats([3, 4], () => -1));
    for (const scale of [1, 2]) {
      for (let at = 0; at < x.data.length; at++) x.data[at] = scale * inputs[2]!.data[at]!;
      const outputs = await executable.run({ x, w: inSharedMemory(w) }, { y });
      expect(outputs.y).toBe(y);
      const expected = await executable.run({ x, w });
      expect([...y.data]).toEqual([...expected.y!.data]);
    }
  });

  it('takes one shared array with different shapes, by different threads', async () => {
    const executor = await start(2);
    const total = trace({ x: spec(['M', 'N']) }, ({ x }) => ({ y: sum(x, { axes: [1] }) }));
    const executable = await executor.compile(total);
    const x = inSharedMemory(floats([2, 3], (at) => at + 1));
    for (let again = 0; again < 3; again++) {
      const runs = [
        [2, 3],
        [3, 2],
        [6, 1],
      ].map((shape) => executable.run({ x: { ...x, shape } }));
      const sums = (await Promise.all(runs)).map(({ y }) => [...y!.data]);
      expect(sums).toEqual([
        [6, 15],
        [3, 7, 11],
        [1, 2, 3, 4, 5, 6],
      ]);
    }
  });

  it('tells how many runs it computes at once', async () => {
    expect((await start(2)).workers).toBe(2);
    expect((await start()).workers).toBeUndefined();
  });

  it.each([0, 1.5, -2])('refuses %s workers', async (workers) => {
    expect(await codeOf(createOrtExecutor({ workers }))).toBe('LIMAML_ERR_ORT_INVALID_WORKERS');
  });

  it('goes on after a run that failed', async () => {
    const executor = await start(1);
    const lookUp = trace({ table: spec([3, 1]), at: spec(['N'], 'int32') }, ({ table, at }) => ({
      row: gather(table, at),
    }));
    const executable = await executor.compile(lookUp);
    const table = floats([3, 1], (at) => at);
    const at = (index: number): TensorData => ({
      dtype: 'int32',
      shape: [1],
      data: Int32Array.of(index),
    });
    expect(await codeOf(executable.run({ table, at: at(9) }))).toBe('LIMAML_ERR_ORT_RUN_FAILED');
    expect([...(await executable.run({ table, at: at(2) })).row!.data]).toEqual([2]);
    const row = inSharedMemory(floats([1, 1], () => -1));
    const into = executable.run({ table: inSharedMemory(table), at: at(9) }, { row });
    expect(await codeOf(into)).toBe('LIMAML_ERR_ORT_RUN_FAILED');
    await executable.run({ table, at: at(1) }, { row });
    expect([...row.data]).toEqual([1]);
  });

  it('finishes runs in progress before it is closed, and refuses later ones', async () => {
    const executor = await start(2);
    const executable = await executor.compile(product);
    const running = inputs.map((x) => executable.run({ x, w }));
    await executor.dispose();
    expect((await Promise.all(running)).map(({ y }) => y!.shape[0])).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await codeOf(executable.run({ x: inputs[0]!, w }))).toBe('LIMAML_ERR_ORT_DISPOSED');
    expect(await codeOf(executor.compile(product))).toBe('LIMAML_ERR_ORT_DISPOSED');
  });
});

describe('a thread that dies', () => {
  /** A pool with handles to its threads. */
  async function startWatched(workers: number): Promise<[OrtExecutor, Worker[]]> {
    const threads: Worker[] = [];
    const watch = (thread: Worker): void => {
      threads.push(thread);
    };
    process.on('worker', watch);
    const executor = await start(workers);
    await setImmediate();
    process.off('worker', watch);
    return [executor, threads];
  }

  it('fails the runs in progress with its cause', async () => {
    const [executor, threads] = await startWatched(2);
    const executable = await executor.compile(product);
    // A message that no thread understands is an exception that it does not catch.
    for (const thread of threads) thread.postMessage(null);
    const error: unknown = await executable.run({ x: inputs[0]!, w }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'LIMAML_ERR_ORT_WORKER_DIED' });
    expect((error as Error).cause).toBeInstanceOf(TypeError);
    await executor.dispose();
  });

  it('fails later runs and compilations too', async () => {
    const [executor, threads] = await startWatched(1);
    const executable = await executor.compile(product);
    await threads[0]!.terminate();
    expect(await codeOf(executable.run({ x: inputs[0]!, w }))).toBe('LIMAML_ERR_ORT_WORKER_DIED');
    expect(await codeOf(executor.compile(product))).toBe('LIMAML_ERR_ORT_WORKER_DIED');
  });
});
