import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindDims, countFlops, interpret, optimize } from '../index.js';
import { expectClose } from '../close.test-support.js';
import { randomProgram } from '../testing/index.js';

describe('optimize, on random programs', () => {
  it('keeps the values', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { program, feeds } = randomProgram(seed);
        expectClose(interpret(optimize(program), feeds), interpret(program, feeds), 1e-9);
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  it('keeps the values when sizes are bound first', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { program, feeds } = randomProgram(seed);
        const [T, B] = feeds.x!.shape;
        const fixed = optimize(bindDims(program, { T: T!, B: B! }));
        expectClose(interpret(fixed, feeds), interpret(program, feeds), 1e-9);
      }),
      { seed: 2, numRuns: 400 },
    );
  });

  it('reaches a fixpoint', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const once = optimize(randomProgram(seed).program);
        const twice = optimize(once);
        for (const [name, output] of Object.entries(twice.outputs))
          expect(output).toBe(once.outputs[name]);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it('does not add arithmetic', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { program, feeds } = randomProgram(seed);
        const [T, B] = feeds.x!.shape;
        const sizes = { T: T!, B: B! };
        const [before, after] = [countFlops(program, sizes), countFlops(optimize(program), sizes)];
        expect(after.matMul).toBeLessThanOrEqual(before.matMul);
        expect(after.other).toBeLessThanOrEqual(before.other * 1.05 + 10);
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
