import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of uniform numbers in [0, 1). */
export type Random = () => number;

/**
 * A reproducible stream of uniform numbers. Streams are addressed, not continued: the draw of epoch 3,
 * step 7 is `seededRandom(seed, 3, 7)` whatever was drawn before, so a resumed run needs no saved state.
 *
 * @param seed the run's seed
 * @param address which stream of that seed, any number of integers
 */
export function seededRandom(seed: number, ...address: readonly number[]): Random {
  const generator = xoroshiro128plus(address.reduce(mix, mix(0x9e3779b9, seed)));
  return () => uniformFloat64(generator);
}

/** Shuffles in place (Fisher–Yates). */
export function shuffle<A extends Int32Array | unknown[]>(values: A, random: Random): A {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const value = values[last]!;
    values[last] = values[other]!;
    values[other] = value;
  }
  return values;
}

/** Mixes an integer into a 32-bit state (the finaliser of MurmurHash3). */
function mix(state: number, value: number): number {
  let h = Math.imul(state ^ Math.trunc(value), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
