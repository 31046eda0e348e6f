import type { DType } from '@limaml/graph';

/** Names of our element types in a safetensors header. */
export const FORMAT_DTYPES = { float32: 'F32', int32: 'I32', bool: 'BOOL' } as const;

export const ELEMENT_BYTES: Readonly<Record<DType, number>> = { float32: 4, int32: 4, bool: 1 };

/** Bytes of the header length at the start of a file (unsigned, little-endian). */
export const LENGTH_BYTES = 8;

/** Header key that holds strings instead of a tensor. */
export const METADATA_KEY = '__metadata__';

/** Metadata key under which we store a checksum of the tensor bytes. */
export const CHECKSUM_KEY = 'limaml.checksum';

/** One tensor in the header. Offsets count from the end of the header. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [begin: number, end: number];
}

/**
 * FNV-1a over bytes, as eight hexadecimal digits. It finds accidental damage; it is no protection
 * against somebody who wants to change a file.
 */
export function checksum(bytes: Uint8Array): string {
  let state = 0x811c9dc5;
  for (const byte of bytes) state = Math.imul(state ^ byte, 0x01000193);
  return (state >>> 0).toString(16).padStart(8, '0');
}
