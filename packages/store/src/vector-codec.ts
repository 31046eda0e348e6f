import type { EmbeddingDtype } from '@limaml/plugin';
import { halfToSingle, singleToHalf } from './half-precision.js';

/** Vectors as bytes, little-endian whatever the machine. */
export interface VectorCodec {
  /** Bytes of a vector of `dim` numbers. */
  bytesOf(dim: number): number;
  encode(vector: Float32Array): Uint8Array;
  /** Writes `dim` numbers to `into` from `start` on. */
  decode(bytes: Uint8Array, into: Float32Array, start: number, dim: number): void;
  /** The greatest magnitude it can hold. */
  readonly limit: number;
}

const FLOAT_BYTES = 4;
const HALF_BYTES = 2;
/** The greatest number of half precision. */
const HALF_LIMIT = 65_504;
const SINGLE_LIMIT = 3.402_823_466_385_288_6e38;
/** 127 scales must not overflow when the scale is rounded up. */
const SCALED_LIMIT = Math.fround(3.4e38);
/** Whole numbers of int8; −128 is left out, so that they are symmetric. */
const STEPS = 127;

const float32: VectorCodec = {
  limit: SINGLE_LIMIT,
  bytesOf: (dim) => FLOAT_BYTES * dim,
  encode: (vector) => new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength),
  decode(bytes, into, start, dim) {
    const target = new Uint8Array(into.buffer, into.byteOffset + FLOAT_BYTES * start);
    // A read buffer may be longer than the value in it.
    target.set(bytes.subarray(0, FLOAT_BYTES * dim));
  },
};

const float16: VectorCodec = {
  limit: HALF_LIMIT,
  bytesOf: (dim) => HALF_BYTES * dim,
  encode(vector) {
    const bytes = new Uint8Array(HALF_BYTES * vector.length);
    vector.forEach((value, at) => {
      const half = singleToHalf(value);
      bytes[HALF_BYTES * at] = half & 0xff;
      bytes[HALF_BYTES * at + 1] = half >> 8;
    });
    return bytes;
  },
  decode(bytes, into, start, dim) {
    for (let at = 0; at < dim; at++) {
      const half = bytes[HALF_BYTES * at]! | (bytes[HALF_BYTES * at + 1]! << 8);
      into[start + at] = halfToSingle(half);
    }
  },
};

/** A float32 scale, then one byte per number. */
const int8: VectorCodec = {
  limit: SCALED_LIMIT,
  bytesOf: (dim) => FLOAT_BYTES + dim,
  encode(vector) {
    const bytes = new Uint8Array(FLOAT_BYTES + vector.length);
    const view = new DataView(bytes.buffer);
    const scale = scaleOf(vector);
    view.setFloat32(0, scale, true);
    if (scale === 0) return bytes;
    vector.forEach((value, at) => {
      view.setInt8(FLOAT_BYTES + at, Math.round(value / scale));
    });
    return bytes;
  },
  decode(bytes, into, start, dim) {
    const scale = new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
    for (let at = 0; at < dim; at++) {
      into[start + at] = ((bytes[FLOAT_BYTES + at]! << 24) >> 24) * scale;
    }
  },
};

/** The one form of each dtype in all stores. */
export const VECTOR_CODECS: Readonly<Record<EmbeddingDtype, VectorCodec>> = {
  float32,
  float16,
  int8,
};

const SCALE_BITS = new Uint32Array(1);
const SCALE = new Float32Array(SCALE_BITS.buffer);
/** The last 7 of 24 significant bits are left empty. */
const COARSE = 2 ** 7;

/**
 * The greatest magnitude / 127, rounded up to 17 significant bits. Products of such a number with whole numbers
 * up to 127 are float32, so a vector that is read and written again keeps every bit: it may be carried from
 * version to version.
 */
function scaleOf(vector: Float32Array): number {
  let greatest = 0;
  for (const value of vector) greatest = Math.max(greatest, Math.abs(value));
  SCALE[0] = greatest / STEPS;
  // The quotient itself may have been rounded down.
  if (SCALE[0] * STEPS < greatest || SCALE_BITS[0]! % COARSE !== 0)
    SCALE_BITS[0] = (Math.floor(SCALE_BITS[0]! / COARSE) + 1) * COARSE;
  return SCALE[0];
}
