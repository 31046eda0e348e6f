import { isLimamlError } from '@limaml/errors';
import { describe, expect, it } from 'vitest';
import { loadRuntime } from './runtime.js';

async function errorOf(importRuntime: () => Promise<unknown>) {
  const error: unknown = await loadRuntime(importRuntime).catch((reason: unknown) => reason);
  if (!isLimamlError(error)) throw new Error('expected a coded error');
  return error;
}

describe('loadRuntime', () => {
  it('says what to install when the package is missing', async () => {
    const missing = 'onnxruntime-node-that-is-not-installed';
    const error = await errorOf(() => import(missing));
    expect(error.code).toBe('LIMAML_ERR_ORT_NOT_INSTALLED');
    expect(error.message).toContain('npm install onnxruntime-node');
    expect(error.message).toContain('ONNXRUNTIME_NODE_INSTALL=skip');
  });

  it('says so when the native library is missing', async () => {
    const error = await errorOf(() => {
      process.dlopen({ exports: {} }, '/nowhere/onnxruntime_binding.node');
      return Promise.resolve();
    });
    expect(error.code).toBe('LIMAML_ERR_ORT_NATIVE_LIBRARY');
    expect(error.message).toContain('onnxruntime_binding.node');
    expect(error.where).toEqual({ platform: process.platform, arch: process.arch });
  });
});
