import { LimamlError } from '@limaml/errors';
import type { DType, Shape } from '@limaml/graph';

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

export function missingFeed(program: string, input: string, given: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_TFJS_MISSING_FEED',
    what: `Nothing is fed for input ${JSON.stringify(input)}`,
    where: { program, input },
    expected: 'one tensor for every input',
    fix: `Feed it too; fed were: ${given.join(', ') || 'none'}`,
  });
}

export function unknownFeed(program: string, name: string, inputs: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_TFJS_UNKNOWN_FEED',
    what: `The program has no input ${JSON.stringify(name)}`,
    where: { program, input: name },
    expected: `one of: ${inputs.join(', ')}`,
    fix: 'Leave it out, or correct its name',
  });
}

export function unknownOutput(
  program: string,
  name: string,
  outputs: readonly string[],
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_TFJS_UNKNOWN_OUTPUT',
    what: `The program has no output ${JSON.stringify(name)} to fill`,
    where: { program, output: name },
    expected: `one of: ${outputs.join(', ')}`,
    fix: 'Leave it out, or correct its name',
  });
}

export function wrongDtype(place: PortPlace, found: string, expected: DType): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_TFJS_WRONG_DTYPE',
    what: `${describe(place)} has element type ${found}`,
    where: place,
    expected: `${expected} in a ${ARRAY_NAMES[expected]}`,
    fix: 'Convert the data, or cast inside the program',
  });
}

export function wrongShape(
  place: PortPlace,
  found: readonly number[],
  expected: Shape,
  sizes: string,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_TFJS_WRONG_SHAPE',
    what: `${describe(place)} has shape [${found.join(', ')}]`,
    where: place,
    expected: `[${expected.join(', ')}]${sizes && `, where ${sizes}`}`,
    fix: 'Pass a tensor of the expected shape; a symbol has one size in all tensors of a run',
  });
}

export function wrongLength(
  place: PortPlace,
  found: number,
  shape: readonly number[],
  expected: number,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_TFJS_WRONG_LENGTH',
    what: `${describe(place)} holds ${found} elements`,
    where: place,
    expected: `${expected}, because its shape is [${shape.join(', ')}]`,
    fix: 'Pass data that is as long as its shape says',
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

/** An input or output of a program. */
export type PortPlace = { readonly program: string } & (
  { readonly input: string } | { readonly output: string }
);

const ARRAY_NAMES: Readonly<Record<DType, string>> = {
  float32: 'Float32Array',
  int32: 'Int32Array',
  bool: 'Uint8Array',
};

function describe(place: PortPlace): string {
  return 'input' in place
    ? `Input ${JSON.stringify(place.input)}`
    : `The buffer for output ${JSON.stringify(place.output)}`;
}
