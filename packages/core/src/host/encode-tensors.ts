import type { TensorData, TensorMap } from '@limaml/graph';
import {
  CHECKSUM_KEY,
  checksum,
  FORMAT_DTYPES,
  LENGTH_BYTES,
  METADATA_KEY,
  type TensorEntry,
} from './safetensors-format.js';

/**
 * Writes tensors as a safetensors file: an 8-byte header length, a JSON header, raw little-endian data.
 * Python reads it with `safetensors.numpy.load(bytes)`. Equal tensors give equal bytes.
 *
 * @param tensors by name
 * @param metadata strings to keep with them, e.g. the step and the name of the model
 *
 * @example
 * ```ts
 * const bytes = encodeTensors({ ...parameters, ...optimizer.state }, { step: '1200' });
 * ```
 */
export function encodeTensors(
  tensors: TensorMap,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const data = concatBytes(Object.values(tensors).map(bytesOf));
  const header = encodeHeader({
    [METADATA_KEY]: { ...metadata, [CHECKSUM_KEY]: checksum(data) },
    ...tensorEntries(tensors),
  });
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return concatBytes([length, header, data]);
}

function tensorEntries(tensors: TensorMap): Record<string, TensorEntry> {
  let end = 0;
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
      const begin = end;
      end += data.byteLength;
      return [name, { dtype: FORMAT_DTYPES[dtype], shape, data_offsets: [begin, end] }];
    }),
  );
}

/** JSON, padded with spaces so that the data starts at a multiple of eight bytes. */
function encodeHeader(header: object): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(' '.charCodeAt(0));
  padded.set(json);
  return padded;
}

function bytesOf({ data }: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}
