import { describe, expect, it } from 'vitest';
import { interpret, optimize } from '../index.js';
import { primitiveCases } from './index.js';

describe.each(Object.entries(primitiveCases))('%s', (_, cases) => {
  it.each(cases.map((sample) => [sample.name, sample] as const))('%s', (_, { program, feeds }) => {
    const { y } = interpret(program, feeds);
    const optimised = interpret(optimize(program), feeds);
    expect(y!.data.length).toBe(y!.shape.reduce((product, dim) => product * dim, 1));
    expect(optimised.y).toEqual(y);
  });
});
