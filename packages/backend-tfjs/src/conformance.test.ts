import { testExecutor } from '@limaml/plugin/testing';
import { describe, it } from 'vitest';
import { createTfjsExecutor } from './index.js';

describe('the executor conforms', () => {
  it.each(['wasm', 'cpu'] as const)('on %s', async (backend) => {
    const executor = await createTfjsExecutor({ backend });
    await testExecutor(executor);
    await executor.dispose();
  });
});
