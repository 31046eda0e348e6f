import * as g from '@limaml/graph';
import type { Program, TensorData } from '@limaml/graph';
import { chmod, mkdtemp, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOrtExecutor, type OrtExecutor, type OrtExecutorOptions } from '../index.js';
import { programKey } from './program-key.js';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'limaml-cache-')), 'compiled');
});

const open: OrtExecutor[] = [];
afterEach(() => Promise.all(open.splice(0).map((executor) => executor.dispose())));

async function start(options: OrtExecutorOptions = { cache: folder }): Promise<OrtExecutor> {
  const executor = await createOrtExecutor(options);
  open.push(executor);
  return executor;
}

const x = {
  dtype: 'float32',
  shape: [3, 4],
  data: Float32Array.from({ length: 12 }, (_, at) => Math.sin(at)),
} as const satisfies TensorData;

/** Something with a gradient, and an attribute that may differ. */
function lossOf(scale: number, name = 'y'): Program {
  return g.trace({ x: g.spec(['T', 4]) }, (t) => {
    const loss = g.mean(g.square(g.tanh(g.mul(g.matMul(t.x, g.transpose(t.x)), scale))));
    return { [name]: loss, slope: g.grad(loss, [t.x])[0]! };
  });
}

/** Whether it was in the cache, and the bits of its gradient. */
async function outcome(executor: OrtExecutor, program = lossOf(2)): Promise<[boolean, number[]]> {
  const executable = await executor.compile(program);
  const { slope } = await executable.run({ x });
  return [executable.cached!, [...slope!.data]];
}

describe('a cache of compiled programs', () => {
  it.each([{}, { workers: 1 }, { graphOptimizationLevel: 'disabled' }] as const)(
    'gives another executor the same bits, with %o',
    async (options) => {
      const plain = await outcome(await start(options));
      const first = await outcome(await start({ ...options, cache: folder }));
      const second = await outcome(await start({ ...options, cache: folder }));
      expect(plain[0]).toBe(false);
      expect(first).toEqual([false, plain[1]]);
      expect(second).toEqual([true, plain[1]]);
    },
  );

  it('serves worker threads and the calling thread alike', async () => {
    const [, bits] = await outcome(await start({ workers: 2, cache: folder }));
    expect(await outcome(await start())).toEqual([true, bits]);
  });

  it('tells programs, options and names of ports apart', async () => {
    const executor = await start();
    const cached = async (program: Program): Promise<boolean> =>
      (await outcome(executor, program))[0];
    expect(await cached(lossOf(2))).toBe(false);
    expect(await cached(lossOf(3))).toBe(false);
    expect(await cached(lossOf(2, 'loss'))).toBe(false);
    expect(await cached(g.bindDims(lossOf(2), { T: 3 }))).toBe(false);
    expect(await cached(lossOf(2))).toBe(true);
    const basic = await start({ graphOptimizationLevel: 'basic', cache: folder });
    expect((await outcome(basic))[0]).toBe(false);
  });

  it.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 9)],
    ['changed', (bytes: Buffer) => bytes.fill(7, 100, 101)],
    ['empty', () => Buffer.alloc(0)],
    ['foreign', () => Buffer.from('not a model')],
  ])('replaces a file that is %s', async (_, damage) => {
    const [, bits] = await outcome(await start());
    const [file] = await readdir(folder);
    const path = join(folder, file!);
    const whole = await readFile(path);
    await writeFile(path, damage(Buffer.from(whole)));
    expect(await outcome(await start())).toEqual([false, bits]);
    expect(await readFile(path)).toEqual(whole);
  });

  it('takes no file of another program, under whatever name', async () => {
    const executor = await start();
    await outcome(executor, lossOf(2));
    const [two] = await readdir(folder);
    const [, bits] = await outcome(executor, lossOf(3));
    const three = (await readdir(folder)).find((file) => file !== two)!;
    await rename(join(folder, two!), join(folder, three));
    expect(await outcome(executor, lossOf(3))).toEqual([false, bits]);
  });

  it('leaves whole files only, for nobody else to read', async () => {
    await outcome(await start());
    const files = await readdir(folder);
    expect(files).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.model$/)]);
    expect((await stat(join(folder, files[0]!))).mode & 0o077).toBe(0);
  });

  it('does without a folder that cannot be written', async () => {
    const file = `${folder}-file`;
    await writeFile(file, '');
    await chmod(file, 0o400);
    const executor = await start({ cache: file });
    const [, bits] = await outcome(executor);
    expect(await outcome(await start())).toEqual([false, bits]);
  });
});

describe('the key of a program', () => {
  it('is the same for the same computation, traced again', () => {
    expect(programKey(lossOf(2), ['1'])).toBe(programKey(lossOf(2), ['1']));
    expect(programKey(lossOf(2), ['1'])).not.toBe(programKey(lossOf(2), ['2']));
  });

  it('depends on every bit of a constant', () => {
    const keys = [[0], [-0], [Number.NaN], [Infinity], [1], [1 + 2 ** -20], [1, 1]].map((values) =>
      programKey(
        g.trace({ x: g.spec([1]) }, (t) => ({
          y: g.add(t.x, g.constant(Float32Array.from(values), [values.length])),
        })),
        [],
      ),
    );
    expect(new Set(keys).size).toBe(keys.length);
    const fills = [0, -0, Number.NaN, Infinity, -Infinity].map((value) =>
      programKey(
        g.trace({}, () => ({ y: g.fill([2], value) })),
        [],
      ),
    );
    expect(new Set(fills).size).toBe(fills.length);
  });
});
