import { describe, expect, it } from 'vitest';
import { createRandom, shuffle } from './index.js';
import type { Random } from './index.js';
import { hashString } from './random.js';

const draws = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);
const draws3 = (random: Random): number[] => draws(3, () => random.uniform());
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('createRandom', () => {
  it('repeats by seed and stream, and differs between neighbours', () => {
    const first = (...seed: [number, ...number[]]) => draws3(createRandom(...seed));
    expect(first(1)).toEqual(first(1));
    const starts = [[1], [2], [1, 1], [1, 2], [2, 1], [-1], [2 ** 31]] as [number, ...number[]][];
    expect(new Set(starts.map((seed) => first(...seed)[0])).size).toBe(starts.length);
    // Neighbouring seeds start anywhere in [0, 1).
    expect(
      mean(
        draws(
          2000,
          (() => {
            let seed = 0;
            return () => createRandom(seed++).uniform();
          })(),
        ),
      ),
    ).toBeCloseTo(0.5, 1);
  });

  it('draws from the distributions it names', () => {
    const random = createRandom(3);
    const normal = draws(20_000, () => random.normal());
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((value) => value * value))).toBeCloseTo(1, 1);
    for (const rate of [0.3, 4, 75]) {
      expect(mean(draws(5000, () => random.poisson(rate))) / rate).toBeCloseTo(1, 1);
    }
    const integers = draws(3000, () => random.int(3));
    expect(new Set(integers)).toEqual(new Set([0, 1, 2]));
  });

  it('shuffles in place', () => {
    const items = shuffle(
      Array.from({ length: 50 }, (_, at) => at),
      createRandom(1),
    );
    expect(items).not.toEqual([...items].sort((a, b) => a - b));
    expect(new Set(items).size).toBe(50);
  });

  it('hashes strings evenly', () => {
    const folds = Array.from({ length: 5000 }, (_, at) => hashString(`member-${at}`) % 5);
    for (const fold of [0, 1, 2, 3, 4]) {
      expect(folds.filter((value) => value === fold).length / 1000).toBeCloseTo(1, 0);
    }
  });
});
