import { interpret, spec, trace, type Value } from '@limaml/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldIn } from './fold-in.js';

const ROWS = 5;
const WIDTH = 3;

const value = (shape: readonly number[], data: readonly number[]): Value => ({
  shape,
  data: Float64Array.from(data),
});

const numbers = (length: number): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: length, maxLength: length });

const systems = fc.record({
  vectors: numbers(ROWS * WIDTH),
  target: numbers(ROWS),
  prior: numbers(WIDTH),
  precision: numbers(WIDTH),
  noise: numbers(1),
});

interface System {
  readonly vectors: readonly number[];
  readonly target: readonly number[];
  readonly prior: readonly number[];
  readonly precision: readonly number[];
  readonly noise: readonly number[];
}

function solve(system: System, mask: readonly number[], steps: number): Float64Array {
  const part = foldIn(WIDTH, steps);
  const program = trace(
    {
      vectors: spec([1, ROWS, WIDTH]),
      target: spec([1, ROWS]),
      mask: spec([1, ROWS]),
      prior: spec([1, WIDTH]),
      precision: spec([WIDTH]),
      noise: spec([1]),
    },
    ({ precision, noise, ...input }) => ({ m: part.apply({ precision, noise }, input) }),
  );
  return interpret(program, {
    vectors: value([1, ROWS, WIDTH], system.vectors),
    target: value([1, ROWS], system.target),
    mask: value([1, ROWS], mask),
    prior: value([1, WIDTH], system.prior),
    precision: value([WIDTH], system.precision),
    noise: value([1], system.noise),
  }).m!.data;
}

/** Gradient of Σ (x − Vm)²/s² + Σ λ (m − m₀)² at m, halved: zero at the posterior mean. */
function gradientAt(m: Float64Array, system: System, mask: readonly number[]): number[] {
  const { vectors, target, prior, precision, noise } = system;
  return Array.from({ length: WIDTH }, (_, k) => {
    const pulls = target.map((x, s) => {
      const predicted = m.reduce((sum, w, j) => sum + w * vectors[s * WIDTH + j]!, 0);
      return (mask[s]! * vectors[s * WIDTH + k]! * (predicted - x)) / Math.exp(noise[0]!);
    });
    const drawn = Math.exp(precision[k]!) * (m[k]! - prior[k]!);
    return pulls.reduce((sum, pull) => sum + pull, drawn);
  });
}

describe('foldIn', () => {
  it('is the posterior mean of the regression once it takes as many steps as it is wide', () => {
    fc.assert(
      fc.property(systems, (system) => {
        const mask = [1, 1, 0, 1, 1];
        const gradient = gradientAt(solve(system, mask, WIDTH + 2), system, mask);
        for (const part of gradient) expect(Math.abs(part)).toBeLessThan(1e-6);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('is the prior mean where there are no rows', () => {
    fc.assert(
      fc.property(systems, (system) => {
        expect([...solve(system, [0, 0, 0, 0, 0], 6)]).toEqual(system.prior);
      }),
      { seed: 2, numRuns: 20 },
    );
  });

  it('does not see masked rows', () => {
    fc.assert(
      fc.property(systems, fc.double({ min: -9, max: 9, noNaN: true }), (system, other) => {
        const mask = [1, 1, 1, 1, 0];
        const changed = { ...system, target: [...system.target.slice(0, -1), other] };
        expect([...solve(changed, mask, 6)]).toEqual([...solve(system, mask, 6)]);
      }),
      { seed: 3, numRuns: 20 },
    );
  });

  it('comes nearer with every step', () => {
    const system: System = {
      vectors: [1, 0.5, -1, 0.2, 2, 0.3, -0.7, 0.1, 1, 1, 1, 0, 0.4, -1.5, 0.9],
      target: [1, -1, 0.5, 2, 0],
      ...{ prior: [0.1, 0, -0.2], precision: [0, 0.5, -1], noise: [-0.5] },
    };
    const mask = [1, 1, 1, 1, 1];
    const errors = [1, 2, 3].map((steps) =>
      Math.hypot(...gradientAt(solve(system, mask, steps), system, mask)),
    );
    expect(errors[1]).toBeLessThan(errors[0]!);
    expect(errors[2]).toBeLessThan(1e-8);
  });
});
