import { isLimamlError } from '@limaml/errors';
import type { Executable, Executor, TensorMap } from '@limaml/graph';
import { defineExecutor } from '@limaml/plugin';
import { testExecutor, testExecutorPlugin } from '@limaml/plugin/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrtExecutor } from './index.js';
import type { OrtExecutor } from './index.js';

describe('the executor conforms', () => {
  it.each([{}, { threads: 2 }, { workers: 2 }, { graphOptimizationLevel: 'disabled' }] as const)(
    'with options %o',
    async (options) => {
      const executor = await createOrtExecutor(options);
      await testExecutor(executor);
      await executor.dispose();
    },
  );
});

describe('an executor plugin', () => {
  it('conforms', async () => {
    await testExecutorPlugin(defineExecutor({ name: 'ort', create: createOrtExecutor }));
  });

  it('that gives one executor to all is found', async () => {
    const executor = await createOrtExecutor();
    const shared = defineExecutor({ name: 'ort', create: () => Promise.resolve(executor) });
    await expect(testExecutorPlugin(shared)).rejects.toThrow(/gave the same executor twice/);
  });
});

/** Execution providers that this machine is known to have, separated by commas. */
const providers = (process.env.LIMAML_ORT_PROVIDERS ?? '').split(',').filter((name) => name !== '');

describe.skipIf(providers.length === 0)('the executor conforms on LIMAML_ORT_PROVIDERS', () => {
  // A software driver takes a minute.
  it.each(providers)('%s', { timeout: 300_000 }, async (provider) => {
    const executor = await createOrtExecutor({ executionProviders: [provider] });
    await testExecutor(executor);
    await executor.dispose();
  });
});

/** The executor with one behaviour changed for the worse. */
function spoiled(
  executor: Executor,
  run: (executable: Executable, feeds: TensorMap, into?: TensorMap) => Promise<TensorMap>,
): Executor {
  return {
    name: 'spoiled',
    compile: async (program, options) => {
      const executable = await executor.compile(program, options);
      return {
        inputs: executable.inputs,
        outputs: executable.outputs,
        run: (feeds, into) => run(executable, feeds, into),
        dispose: () => executable.dispose(),
      };
    },
  };
}

describe('testExecutor finds', () => {
  let executor: OrtExecutor;
  beforeAll(async () => {
    executor = await createOrtExecutor();
  });
  afterAll(() => executor.dispose());

  async function failuresOf(bad: Executor): Promise<string> {
    const error: unknown = await testExecutor(bad).catch((reason: unknown) => reason);
    if (!isLimamlError(error)) throw new Error('the suite passed');
    return error.message;
  }

  it('wrong values', async () => {
    const negated = spoiled(executor, async (executable, feeds, into) => {
      const outputs = await executable.run(feeds, into);
      for (const { data } of Object.values(outputs)) if (data.length > 1) data[1] = -data[1]!;
      return outputs;
    });
    expect(await failuresOf(negated)).toMatch(/✗ computes exp\n.*element 1 of output y is -/);
  });

  it('buffers that are not filled', async () => {
    const unfilled = spoiled(executor, (executable, feeds) => executable.run(feeds));
    const message = await failuresOf(unfilled);
    expect(message).toMatch(/the result is not the tensor given in `into`/);
    expect(message).toMatch(/✗ refuses a buffer of another shape\n.*it ran/);
  });

  it('feeds that are not checked', async () => {
    const lenient = spoiled(executor, (executable, feeds, into) => {
      const known = Object.entries(feeds).filter(([name]) => executable.inputs[name]);
      return executable.run(Object.fromEntries(known), into);
    });
    expect(await failuresOf(lenient)).toMatch(/fails 1 of \d+ checks.*a feed that is no input/s);
  });

  it('errors without a code', async () => {
    const plain = spoiled(executor, (executable, feeds, into) =>
      executable.run(feeds, into).catch(() => {
        throw new Error('bad feed');
      }),
    );
    expect(await failuresOf(plain)).toMatch(/it failed without a code: bad feed/);
  });
});
