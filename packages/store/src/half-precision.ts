// Half precision (IEEE 754 binary16): 1 sign bit, 5 of the exponent, 10 of the fraction. Float16Array would
// do, but Node 20 and 22 have none.

const BITS = new Uint32Array(1);
const SINGLE = new Float32Array(BITS.buffer);

/** Exponent bias of single precision less that of half precision. */
const REBIAS = 127 - 15;
/** Bits of the fraction that half precision lacks. */
const LOST_BITS = 23 - 10;

/** The bits of the nearest number of half precision, to even where two are as near. */
export function singleToHalf(value: number): number {
  SINGLE[0] = value;
  const bits = BITS[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude >= 0x7f80_0000) return sign | (magnitude > 0x7f80_0000 ? 0x7e00 : 0x7c00);
  const exponent = (magnitude >>> 23) - REBIAS;
  if (exponent >= 31) return sign | 0x7c00;
  // A carry out of the fraction raises the exponent, up to infinity, as it should.
  if (exponent >= 1) return sign | roundToEven(magnitude - (REBIAS << 23), LOST_BITS);
  if (exponent < -10) return sign;
  const fraction = (magnitude & 0x7f_ffff) | 0x80_0000;
  return sign | roundToEven(fraction, LOST_BITS + 1 - exponent);
}

/** The number of half precision with these bits. */
export function halfToSingle(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(half >> 10) & 0x1f, half & 0x3ff];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  BITS[0] = ((half & 0x8000) << 16) | ((exponent + REBIAS) << 23) | (fraction << LOST_BITS);
  return SINGLE[0]!;
}

/** `value / 2^bits`, rounded to the nearest whole number, to even where two are as near. */
function roundToEven(value: number, bits: number): number {
  const quotient = value >>> bits;
  const rest = value - quotient * 2 ** bits;
  const half = 2 ** (bits - 1);
  return rest > half || (rest === half && quotient & 1) ? quotient + 1 : quotient;
}
