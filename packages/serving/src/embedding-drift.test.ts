import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDriftMeter, NO_DRIFT, summariseDrift } from './embedding-drift.js';

const OF = { version: 1, comparable: true };

function driftOf(pairs: readonly (readonly [readonly number[], readonly number[]])[]) {
  const meter = createDriftMeter(NO_DRIFT);
  for (const [before, now] of pairs) meter.add(Float32Array.from(before), Float32Array.from(now));
  return summariseDrift(meter.state(), OF);
}

describe('drift', () => {
  it('is none between equal vectors, 1 at a right angle and 2 between opposite ones', () => {
    const drift = driftOf([
      [[3, 4], [3, 4]], // prettier-ignore
      [
        [1, 0],
        [0, 2],
      ],
      [
        [1, 1],
        [-1, -1],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    ]);
    expect(drift.entities).toBe(4);
    expect(drift.cosineDistance.mean).toBeCloseTo(3 / 4, 6);
    expect(drift.cosineDistance.max).toBeCloseTo(2, 6);
    expect(drift.normChange).toEqual({ mean: 1 / 4, max: 1 });
  });

  it('has quantiles that are at most 19 % too large', () => {
    const angles = fc.array(fc.double({ min: 0.01, max: 3, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(angles, (drawn) => {
        const drift = driftOf(
          drawn.map((angle) => [
            [1, 0],
            [Math.cos(angle), Math.sin(angle)],
          ]),
        );
        const sorted = drawn.map((angle) => 1 - Math.cos(angle)).sort((a, b) => a - b);
        const exact = sorted[Math.ceil(0.9 * drawn.length) - 1]!;
        expect(drift.cosineDistance.p90).toBeGreaterThan(exact * 0.999);
        expect(drift.cosineDistance.p90).toBeLessThan(exact * 1.2);
      }),
      { seed: 5, numRuns: 100 },
    );
  });

  it('goes on from a state as if it had not been interrupted', () => {
    const pairs = [[[1, 0], [1, 1]], [[2, 1], [0, 1]]] as const; // prettier-ignore
    const first = createDriftMeter(NO_DRIFT);
    first.add(Float32Array.from(pairs[0][0]), Float32Array.from(pairs[0][1]));
    const second = createDriftMeter(JSON.parse(JSON.stringify(first.state())) as typeof NO_DRIFT);
    second.add(Float32Array.from(pairs[1][0]), Float32Array.from(pairs[1][1]));
    expect(summariseDrift(second.state(), OF)).toEqual(driftOf(pairs));
  });
});
