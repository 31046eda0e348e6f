import { LimamlError } from '@limaml/errors';

export function notInstalled(cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_NOT_INSTALLED',
    what: 'The package "onnxruntime-node" is not installed',
    expected: 'onnxruntime-node 1.20 or newer, an optional peer of @limaml/backend-ort',
    fix:
      'npm install onnxruntime-node (set ONNXRUNTIME_NODE_INSTALL=skip where the install script cannot ' +
      'download the CUDA libraries: the CPU library is inside the package)',
    cause,
  });
}

export function nativeLibraryMissing(cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_NATIVE_LIBRARY',
    what: `The native library of "onnxruntime-node" cannot be loaded: ${messageOf(cause)}`,
    where: { platform: process.platform, arch: process.arch },
    expected:
      'a platform that onnxruntime-node ships a library for, and a complete installation of it',
    fix:
      'Remove node_modules/onnxruntime-node and run ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node ' +
      'on this machine',
    cause,
  });
}

export function unknownProvider(provider: string, known: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_UNKNOWN_PROVIDER',
    what: `onnxruntime-node has no execution provider ${JSON.stringify(provider)}`,
    where: { provider },
    expected: `one of: ${known.join(', ')}`,
    fix: 'Correct the name in executionProviders',
  });
}

export function noProvider(wanted: readonly string[], failures: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_NO_PROVIDER',
    what: `No execution provider of the list works here: ${failures.join('; ') || 'it is empty'}`,
    where: { providers: wanted.join(', ') || 'none' },
    expected: 'an execution provider whose library and device are on this machine',
    fix: "Add 'cpu' at the end of executionProviders, or install what the provider needs (README, GPU)",
  });
}

export function invalidThreads(threads: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_INVALID_THREADS',
    what: `threads is ${threads}`,
    where: { option: 'threads' },
    expected: 'a whole number from 1',
    fix: 'Leave it out for one thread',
  });
}

export function invalidWorkers(found: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_INVALID_WORKERS',
    what: `Cannot run programs in ${String(found)} worker threads`,
    where: { option: 'workers' },
    expected: 'a whole number from 1',
    fix: 'Leave "workers" out to run in the calling thread, or give the number of cores to use',
  });
}

export function workerDied(thread: string, cause: Error): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_WORKER_DIED',
    what: `A worker thread died: ${cause.message}`,
    where: { thread },
    expected: 'threads that live until the executor is disposed of',
    fix: 'See the cause; with too little memory use fewer workers or smaller batches. Then make a new executor',
    cause,
  });
}

export function sessionFailed(program: string, provider: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_SESSION_FAILED',
    what: `ONNX Runtime cannot run this model: ${messageOf(cause)}`,
    where: { program, provider },
    expected: 'a model that the execution provider can be set up for',
    fix: "Try executionProviders: ['cpu']; a model from a file may be damaged or need a newer onnxruntime-node",
    cause,
  });
}

export function sharedMemory(program: string, port: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_SHARED_MEMORY',
    what: `"${port}" lies in a SharedArrayBuffer, which ONNX Runtime cannot use`,
    where: { program },
    expected: 'a typed array over an ArrayBuffer',
    fix: 'Copy the data into an array of its own',
  });
}

export function runFailed(program: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_RUN_FAILED',
    what: `ONNX Runtime failed while running: ${messageOf(cause)}`,
    where: { program },
    expected: 'indices within their table and enough memory for the intermediate results',
    fix: 'Check the values that are fed for indices, or feed smaller batches',
    cause,
  });
}

export function disposed(what: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_DISPOSED',
    what: `${what} is used after dispose()`,
    expected: 'no use after dispose()',
    fix: 'Dispose of it later, or compile again',
  });
}

/** What somebody else's error says. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
