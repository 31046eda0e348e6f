import type { Program } from '@limaml/graph';
import { expect } from 'vitest';
import { type Feeds, run, withData } from './toy-model.test-support.js';

/** Central differences of a program's loss in double precision, every coordinate of one input. */
export function differences(program: Program, feeds: Feeds, name: string): number[] {
  const loss: Program = { ...program, outputs: { loss: program.outputs.loss! } };
  const { data } = feeds[name]!;
  const step = 1e-5;
  const at = (i: number, value: number): number =>
    run(loss, withData(feeds, name, data.with(i, value))).loss!.data[0]!;
  return data.map((value, i) => (at(i, value + step) - at(i, value - step)) / (2 * step));
}

/** Checks every gradient that a program has against differences of its loss. */
export function expectDerivatives(program: Program, feeds: Feeds, tolerance = 1e-8): void {
  const outputs = run(program, feeds);
  const gradients = Object.keys(outputs).filter((name) => name.startsWith('grad/'));
  expect(gradients.length).toBeGreaterThan(0);
  for (const gradient of gradients) {
    const expected = differences(program, feeds, gradient.slice('grad/'.length));
    expectClose(outputs[gradient]!.data, expected, tolerance);
  }
}

export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = 1e-8,
): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThan(tolerance);
  }
}
