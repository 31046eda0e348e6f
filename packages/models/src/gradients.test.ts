import { maml, trainProgram } from '@limaml/core';
import type { Program } from '@limaml/graph';
import { describe, expect, it } from 'vitest';
import { FACTOR_SCHEMA, type Feeds, feedsOf, run } from './small-schema.test-support.js';
import { createCase, GLOBAL_CASES, META_CASES } from './zoo.test-support.js';

const STEP = 1e-5;

/** One inner step, differentiated through. */
const algorithm = maml({ innerSteps: 1, innerLearningRate: 0.4, supportShrinkage: 1 });

const cases = [...META_CASES, ...GLOBAL_CASES].map((each) => ({
  name: each.name,
  model: createCase(each, FACTOR_SCHEMA),
}));

describe.each(cases)('$name', ({ model }) => {
  it('has the gradient of finite differences, through an inner step', () => {
    const program = trainProgram(model, algorithm);
    const feeds = feedsOf(program);
    const outputs = run(program, feeds);
    const names = Object.keys(program.inputs).filter((name) => `grad/${name}` in outputs);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const { data } = outputs[`grad/${name}`]!;
      const at = data.length >> 1;
      const expected = difference(program, feeds, name, at);
      const gap = Math.abs(data[at]! - expected) / (1 + Math.abs(expected));
      expect(gap, name).toBeLessThan(1e-6);
    }
  });
});

/** Central difference of the loss in one coordinate of one parameter. */
function difference(program: Program, feeds: Feeds, name: string, at: number): number {
  const loss: Program = { ...program, outputs: { loss: program.outputs.loss! } };
  const { shape, data } = feeds[name]!;
  const moved = (step: number): number => {
    const changed = Float64Array.from(data, (value, i) => (i === at ? value + step : value));
    return run(loss, { ...feeds, [name]: { shape, data: changed } }).loss!.data[0]!;
  };
  return (moved(STEP) - moved(-STEP)) / (2 * STEP);
}
