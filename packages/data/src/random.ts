import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';

/** A seeded source of random numbers. The same seed gives the same numbers everywhere. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform integer in 0 … below − 1. */
  int(below: number): number;
  /** Standard normal. */
  normal(): number;
  /** Poisson with the given mean. */
  poisson(mean: number): number;
}

/**
 * Makes a random source (xoroshiro128+).
 * @param streams numbers that tell apart independent sources of one seed, e.g. an epoch
 *
 * @example
 * ```ts
 * const random = createRandom(7, epoch);
 * const coin = random.uniform() < 0.5;
 * ```
 */
export function createRandom(seed: number, ...streams: readonly number[]): Random {
  const generator = xoroshiro128plusFromState(stateOf([seed, ...streams]));
  const uniform = (): number => uniformFloat64(generator);
  return {
    uniform,
    int: (below) => Math.floor(uniform() * below),
    normal: () => normal(uniform),
    poisson: (mean) => poisson(mean, uniform),
  };
}

/** Shuffles in place (Fisher–Yates) and returns its argument. */
export function shuffle<Items extends { length: number; [index: number]: unknown }>(
  items: Items,
  random: Random,
): Items {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.int(last + 1);
    const kept = items[last];
    items[last] = items[other];
    items[other] = kept;
  }
  return items;
}

/** 32-bit hash of a string (FNV-1a, then mixed), the same on every machine. */
export function hashString(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return mix(hash) >>> 0;
}

/** Box–Muller; the second number is dropped so that a draw always costs two uniforms. */
function normal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Knuth's product of uniforms, in pieces so that exp(−mean) never underflows. */
function poisson(mean: number, uniform: () => number): number {
  if (mean > 30) return poisson(30, uniform) + poisson(mean - 30, uniform);
  let count = 0;
  for (let product = uniform(); product > Math.exp(-mean); product *= uniform()) count++;
  return count;
}

/** Neighbouring seeds must not give neighbouring states, so every word is mixed from all numbers. */
function stateOf(numbers: readonly number[]): number[] {
  const base = numbers.reduce((hash, value) => mix(hash ^ mix(value + 0x9e3779b9)), 0x2545f491);
  return [1, 2, 3, 4].map((word) => mix(base + Math.imul(word, 0x9e3779b9)) | 1);
}

/** Finaliser of MurmurHash3. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
