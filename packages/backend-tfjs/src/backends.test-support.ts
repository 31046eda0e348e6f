import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isLimamlError } from '@limaml/errors';
import * as tf from '@tensorflow/tfjs-core';
import { createTfjsExecutor } from './index.js';
import type { TfjsBackend, TfjsExecutor } from './index.js';

/** A backend to test; without an executor where it does not load, and the title says why. */
export interface BackendUnderTest {
  readonly title: string;
  readonly backend: TfjsBackend;
  readonly executor: TfjsExecutor | undefined;
}

/** Every backend. tfjs-node is found in the folder that LIMAML_TFJS_NODE names, or where it is installed. */
export const BACKENDS: readonly BackendUnderTest[] = [
  await start('wasm'),
  await start('cpu'),
  await start('node').catch((error: unknown) => ({
    title: `node (skipped: ${isLimamlError(error) ? error.what : String(error)})`,
    backend: 'node' as const,
    executor: undefined,
  })),
];

async function start(backend: TfjsBackend): Promise<BackendUnderTest> {
  const folder = process.env.LIMAML_TFJS_NODE;
  const executor = await createTfjsExecutor({
    backend,
    ...(folder === undefined ? {} : { importTfjsNode: () => importFrom(folder) }),
  });
  return { title: backend, backend, executor };
}

/** Another copy of TensorFlow.js comes along, which warns about each kernel that is there already. */
async function importFrom(folder: string): Promise<unknown> {
  tf.env().set('PROD', true);
  const imported: unknown = await import(pathToFileURL(join(folder, 'dist/index.js')).href);
  tf.env().set('PROD', false);
  return imported;
}
