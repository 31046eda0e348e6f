import { optimize } from '@limaml/graph';
import { primitiveCases, randomProgram } from '@limaml/graph/testing';
import { describe, it } from 'vitest';
import { expectAgreement } from '../run-model.test-support.js';

describe.each(Object.entries(primitiveCases))('%s', (_, cases) => {
  it.each(cases.map((sample) => [sample.name, sample] as const))(
    'agrees with the interpreter: %s',
    async (_, { program, feeds }) => {
      await expectAgreement(program, feeds);
    },
  );
});

/** Second derivatives cancel: a few of 1500 seeds lose two of float32's seven digits. */
const TOLERANCE = 2e-4;

describe('random programs agree with the interpreter', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('seed %i', async (seed) => {
    const { program, feeds } = randomProgram(seed);
    await expectAgreement(program, feeds, TOLERANCE);
    await expectAgreement(optimize(program), feeds, TOLERANCE);
  });
});
