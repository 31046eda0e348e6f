import { LimamlError } from '@limaml/errors';

/** A protobuf file holds at most 2 GB. */
export function modelTooLarge(name: string, bytes: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ONNX_TOO_LARGE',
    what: `The model would take ${bytes} bytes`,
    where: { program: name },
    expected: 'less than 2 GB, the most a protobuf message can hold',
    fix: 'Feed large tables as inputs instead of freezing them into the program',
  });
}

/** The program computes with a symbol that no input carries, so its value is unknown at run time. */
export function unknownSymbol(symbol: string, known: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ONNX_UNKNOWN_SYMBOL',
    what: `No input has a dimension ${JSON.stringify(symbol)}, so its size cannot be known at run time`,
    where: { symbol },
    expected:
      known.length > 0
        ? `one of: ${known.join(', ')}`
        : 'a number, because no input has a symbolic dimension',
    fix: 'Use the symbol in the shape of an input, or bind it to a number with bindDims',
  });
}

/** ONNX has one name space for inputs and outputs. */
export function nameClash(name: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ONNX_NAME_CLASH',
    what: `An input and an output are both named ${JSON.stringify(name)}`,
    where: { name },
    expected: 'different names for inputs and outputs',
    fix: 'Rename the output',
  });
}

/** The bytes are not an ONNX model, or only part of one. */
export function corruptModel(reason: string, cause?: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ONNX_CORRUPT',
    what: `Not a readable ONNX model: ${reason}`,
    expected: 'a complete ONNX file',
    fix: 'Export the model again, or copy the file again and compare its size and checksum',
    cause,
  });
}

/** The model has a port that a {@link Program} cannot have. */
export function unsupportedPort(name: string, found: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_ONNX_UNSUPPORTED_PORT',
    what: `${JSON.stringify(name)} is ${found}`,
    where: { name },
    expected: 'a tensor of known rank with element type float32, int32 or bool',
    fix: 'Export the model with one of these element types',
  });
}
