import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '@limaml/data';
import { meanOfSlates, relativeLift } from './lift.js';

/** Members with one to eight slates of their own level. */
function drawMembers(seed: number, members = 200, gain = 0) {
  const random = createRandom(seed);
  const slates = Array.from({ length: members }, () => 1 + random.int(8));
  const level = slates.map(() => 0.3 + 0.1 * random.normal());
  const sums = slates.map((count, m) => count * (level[m]! + gain) + 0.2 * random.normal());
  return { slates, sums };
}

describe('meanOfSlates', () => {
  it('has an interval that holds the true mean 95 times in 100', () => {
    const held = Array.from({ length: 400 }, (_, seed) => meanOfSlates(drawMembers(seed))).filter(
      ({ low, high }) => low! <= 0.3 && high! >= 0.3,
    ).length;
    expect(held / 400).toBeGreaterThan(0.92);
    expect(held / 400).toBeLessThan(0.98);
  });

  it('has no interval for one member', () => {
    expect(meanOfSlates({ slates: [4], sums: [1] })).toEqual({ mean: 0.25, low: null, high: null });
  });
});

describe('relativeLift', () => {
  it('is none of a ranking over itself, and exact where all gain the same share', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 2 }),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        (sums, factor) => {
          const { mean, low, high } = relativeLift(
            sums.map((sum) => sum * factor),
            sums,
          );
          expect(mean).toBeCloseTo(factor - 1, 9);
          expect(high! - low!).toBeCloseTo(0, 9);
        },
      ),
      { seed: 1 },
    );
  });
});
