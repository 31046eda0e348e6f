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

describe('random programs agree with the interpreter', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('seed %i', async (seed) => {
    const { program, feeds } = randomProgram(seed);
    await expectAgreement(program, feeds);
    await expectAgreement(optimize(program), feeds);
  });
});
