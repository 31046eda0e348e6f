import { LimamlError } from '@limaml/errors';
import type { DType, Shape } from '@limaml/graph';

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

export function unknownProvider(provider: string, available: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_UNKNOWN_PROVIDER',
    what: `This build of onnxruntime-node has no execution provider ${JSON.stringify(provider)}`,
    where: { provider },
    expected: `one of: ${available.join(', ')}`,
    fix: 'Name an available provider in executionProviders',
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

export function sessionFailed(
  program: string,
  providers: readonly string[],
  cause: unknown,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_SESSION_FAILED',
    what: `ONNX Runtime cannot run this model: ${messageOf(cause)}`,
    where: { program, providers: providers.join(', ') },
    expected: 'a model that every listed execution provider can be set up for',
    fix: "Try executionProviders: ['cpu']; a model from a file may be damaged or need a newer onnxruntime-node",
    cause,
  });
}

export function missingFeed(program: string, input: string, given: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_MISSING_FEED',
    what: `Nothing is fed for input ${JSON.stringify(input)}`,
    where: { program, input },
    expected: 'one tensor for every input',
    fix: `Feed it too; fed were: ${given.join(', ') || 'none'}`,
  });
}

export function unknownFeed(program: string, name: string, inputs: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_UNKNOWN_FEED',
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
    code: 'LIMAML_ERR_ORT_UNKNOWN_OUTPUT',
    what: `The program has no output ${JSON.stringify(name)} to fill`,
    where: { program, output: name },
    expected: `one of: ${outputs.join(', ')}`,
    fix: 'Leave it out, or correct its name',
  });
}

export function wrongDtype(place: PortPlace, found: string, expected: DType): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_WRONG_DTYPE',
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
  reason = '',
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_WRONG_SHAPE',
    what: `${describe(place)} has shape [${found.join(', ')}]${reason && `, but ${reason}`}`,
    where: place,
    expected: `[${expected.join(', ')}]`,
    fix: 'Feed a tensor of the expected shape; a symbol has one size in all tensors of a run',
  });
}

export function wrongLength(
  place: PortPlace,
  found: number,
  shape: readonly number[],
  expected: number,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_WRONG_LENGTH',
    what: `${describe(place)} holds ${found} elements`,
    where: place,
    expected: `${expected}, because its shape is [${shape.join(', ')}]`,
    fix: 'Pass data that is as long as its shape says',
  });
}

export function sharedMemory(place: PortPlace): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ORT_SHARED_MEMORY',
    what: `${describe(place)} lies in a SharedArrayBuffer, which ONNX Runtime cannot use`,
    where: place,
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

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
