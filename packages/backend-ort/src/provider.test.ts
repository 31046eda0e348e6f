import { isLimamlError } from '@limaml/errors';
import { relu, spec, trace } from '@limaml/graph';
import { afterEach, describe, expect, it } from 'vitest';
import { createOrtExecutor, type OrtExecutor, type OrtExecutorOptions } from './index.js';
import { chooseProvider } from './provider.js';
import { loadRuntime, type Runtime } from './runtime.js';

const open: OrtExecutor[] = [];
afterEach(() => Promise.all(open.splice(0).map((executor) => executor.dispose())));

async function start(options: OrtExecutorOptions): Promise<OrtExecutor> {
  const executor = await createOrtExecutor(options);
  open.push(executor);
  return executor;
}

async function errorOf(made: Promise<unknown>) {
  const error: unknown = await made.catch((reason: unknown) => reason);
  if (!isLimamlError(error)) throw new Error('expected a coded error');
  return error;
}

/** The runtime as it is on a machine whose onnxruntime-node has these providers. */
async function runtimeWith(...providers: string[]): Promise<Runtime> {
  const runtime = await loadRuntime();
  const listSupportedBackends = () => providers.map((name) => ({ name, bundled: true }));
  return {
    InferenceSession: runtime.InferenceSession,
    env: runtime.env,
    Tensor: runtime.Tensor,
    listSupportedBackends,
  };
}

const program = trace({ x: spec([2]) }, ({ x }) => ({ y: relu(x) }));
const x = { dtype: 'float32', shape: [2], data: Float32Array.of(-1, 3) } as const;

describe('execution providers', () => {
  it('run on the processor when nothing else is asked for', async () => {
    const executor = await start({});
    expect(executor.provider).toBe('cpu');
    expect(executor.reason).toBe('ONNX Runtime on cpu');
  });

  it.each([['cuda'], ['webgpu'], ['tensorrt'], ['coreml'], ['dml']])(
    '%s is used where it works; where not, the next one is, and says why',
    async (provider) => {
      const executor = await start({ executionProviders: [provider, 'cpu'] });
      const executable = await executor.compile(program);
      expect((await executable.run({ x })).y!.data).toEqual(Float32Array.of(0, 3));
      if (executor.provider === provider)
        expect(executor.reason).toBe(`ONNX Runtime on ${provider}`);
      else
        expect(executor.reason).toMatch(`ONNX Runtime on cpu, because ${provider} does not work: `);
      expect(executor.reason).not.toContain('\n');
    },
  );

  it('fall back in worker threads too', async () => {
    const executor = await start({ workers: 1, executionProviders: ['coreml', 'dml', 'cpu'] });
    expect(executor.reason).toMatch(/^ONNX Runtime on (coreml|dml|cpu)/);
    const executable = await executor.compile(program);
    expect([...(await executable.run({ x })).y!.data]).toEqual([0, 3]);
  });

  it('that this build does not have are skipped', async () => {
    const choice = await chooseProvider(['cuda', 'cpu'], await runtimeWith('cpu'));
    expect(choice.provider).toBe('cpu');
    expect(choice.reason).toBe(
      'ONNX Runtime on cpu, because cuda does not work: this build of onnxruntime-node does not have it',
    );
  });

  it('do not take webgpu for several threads at once, which would end the process', async () => {
    const choice = await chooseProvider(['webgpu', 'cpu'], await runtimeWith('webgpu', 'cpu'), 2);
    expect(choice.reason).toBe(
      'ONNX Runtime on cpu, because webgpu does not work: it cannot compute in 2 worker threads at once',
    );
  });

  it('of which none works are an error with all reasons', async () => {
    const error = await errorOf(chooseProvider(['cuda', 'webgpu'], await runtimeWith('cpu')));
    expect(error.code).toBe('LIMAML_ERR_ORT_NO_PROVIDER');
    expect(error.message).toMatch(/cuda does not work: .*webgpu does not work: /);
    expect(error.where).toEqual({ providers: 'cuda, webgpu' });
  });

  it('that cannot be set up are an error without another in the list', async () => {
    // No build has both of these libraries, so one of them is missing everywhere.
    const alone = ['coreml', 'cuda'].map((provider) =>
      createOrtExecutor({ executionProviders: [provider] }),
    );
    const results = await Promise.allSettled(alone);
    for (const result of results) if (result.status === 'fulfilled') open.push(result.value);
    const failed = results.filter((result) => result.status === 'rejected');
    expect(failed.length).toBeGreaterThan(0);
    for (const { reason } of failed)
      expect(reason).toMatchObject({ code: 'LIMAML_ERR_ORT_NO_PROVIDER' });
  });

  it('must be named', async () => {
    const error = await errorOf(createOrtExecutor({ executionProviders: [] }));
    expect(error.code).toBe('LIMAML_ERR_ORT_NO_PROVIDER');
  });
});
