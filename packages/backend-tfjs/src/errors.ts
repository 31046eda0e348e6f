import { LimamlError } from '@limaml/errors';

export function unknownBackend(backend: string, known: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_TFJS_UNKNOWN_BACKEND',
    what: `There is no TensorFlow.js backend ${JSON.stringify(backend)}`,
    where: { option: 'backend' },
    expected: `one of: ${known.join(', ')}`,
    fix: "Leave it out for the first one that loads, or name one: backend: 'wasm'",
  });
}

export function backendUnavailable(backend: string, problem: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_TFJS_BACKEND_UNAVAILABLE',
    what: `The TensorFlow.js backend ${JSON.stringify(backend)} does not load: ${problem}`,
    where: { backend, platform: process.platform, arch: process.arch },
    expected: 'a backend that loads on this machine',
    fix:
      backend === 'node'
        ? "npm install @tensorflow/tfjs-node@4.22.0 and let its install script run, or use backend: 'auto'"
        : "Install @limaml/backend-tfjs again, or use backend: 'auto'",
    cause,
  });
}

export function indexOutOfRange(op: string, index: number, rows: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_TFJS_INDEX_RANGE',
    what: `Index ${index} is beyond the table`,
    where: { op },
    expected: `0 ≤ index < ${rows}`,
    fix: 'Check the values that are fed for indices',
  });
}

export function runFailed(program: string, backend: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_TFJS_RUN_FAILED',
    what: `TensorFlow.js failed while running: ${cause instanceof Error ? cause.message : String(cause)}`,
    where: { program, backend },
    expected: 'enough memory for the intermediate results',
    fix: "Feed smaller batches, or try another backend, e.g. backend: 'cpu'",
    cause,
  });
}

export function disposed(what: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_TFJS_DISPOSED',
    what: `${what} is used after dispose()`,
    expected: 'no use after dispose()',
    fix: 'Dispose of it later, or compile again',
  });
}
