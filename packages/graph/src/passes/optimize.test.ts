import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindDims, countFlops, interpret, optimize } from '../index.js';
import { expectClose } from '../close.test-support.js';
import { randomProgram } from '../testing/index.js';
import { drawFeeds, real } from '../testing/sample-inputs.js';
import { metaStep } from './meta-step.test-support.js';

describe('optimize, on random programs', () => {
  it('keeps the values', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { program, feeds } = randomProgram(seed);
        expectClose(interpret(optimize(program), feeds), interpret(program, feeds), 1e-9);
      }),
      { seed: 1, numRuns: 250 },
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
      { seed: 2, numRuns: 250 },
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

  it('saves products over all, and never adds many', () => {
    const totals = { before: 0, after: 0 };
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { program, feeds } = randomProgram(seed);
        const [T, B] = feeds.x!.shape;
        const sizes = { T: T!, B: B! };
        const [before, after] = [
          countFlops(program, sizes).matMul,
          countFlops(optimize(program), sizes).matMul,
        ];
        expect(after).toBeLessThanOrEqual(1.25 * before);
        totals.before += before;
        totals.after += after;
      }),
      { seed: 4, numRuns: 200 },
    );
    expect(totals.after).toBeLessThan(0.9 * totals.before);
  });
});

describe('optimize, on a second-order meta-step', () => {
  const sizes = { T: 3, B: 4, innerSteps: 2, meta: [5, 4, 3], global: [4, 1], features: 6 };

  it('keeps the values', () => {
    const program = metaStep(sizes);
    const inputs = Object.fromEntries(
      Object.entries(program.inputs).map(([name, { shape }]) => [name, real(...shape)]),
    );
    const feeds = drawFeeds(inputs, {}, 1);
    expectClose(interpret(optimize(program), feeds), interpret(program, feeds), 1e-12);
  });

  it('saves a quarter of the products and most of the rest', () => {
    const large = {
      T: 32,
      B: 20,
      innerSteps: 5,
      meta: [160, 64, 64, 32],
      global: [64, 32, 1],
      features: 160,
    };
    const program = metaStep(large);
    const [before, after] = [countFlops(program), countFlops(optimize(program))];
    expect(after.matMul / before.matMul).toBeLessThan(0.75);
    expect(after.other / before.other).toBeLessThan(0.8);
  });

  it('leaves every gradient of shared weights as flat products', () => {
    const { outputs } = optimize(metaStep({ ...sizes, innerSteps: 0 }));
    for (const name of ['grad/meta/1/kernel', 'grad/meta/2/kernel'])
      expect(outputs[name]!.op).toBe('matMul');
  });
});
