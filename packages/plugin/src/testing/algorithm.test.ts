import {
  anil,
  boil,
  fineTuning,
  fomaml,
  imaml,
  maml,
  mamlPlusPlus,
  metaEmb,
  metaSgd,
  reptile,
  type Algorithm,
} from '@limaml/core';
import { isLimamlError } from '@limaml/errors';
import { add, div, mul, ones, sqrt, stopGradient, sum } from '@limaml/graph';
import { describe, expect, it } from 'vitest';
import { defineAlgorithm, type AlgorithmPlugin } from '../index.js';
import { testAlgorithmPlugin } from './index.js';

const withHooks =
  (hooks: NonNullable<Algorithm['hooks']>) =>
  (options?: Partial<Algorithm>): Algorithm =>
    maml({ hooks, ...options });

describe('testAlgorithmPlugin', () => {
  const presets = {
    anil,
    boil,
    fineTuning,
    fomaml,
    imaml,
    maml,
    mamlPlusPlus,
    metaEmb,
    metaSgd,
    reptile,
  };
  it.each(Object.entries(presets))('passes %s', async (name, create) => {
    const report = await testAlgorithmPlugin(defineAlgorithm({ name, create }));
    expect(report.checks.length).toBeGreaterThanOrEqual(9);
    expect(report.checks.every(({ passed }) => passed)).toBe(true);
  });

  it('passes hooks that keep the rules', async () => {
    const create = withHooks({
      innerGradient: (gradient, { fast, initial }) =>
        add(gradient, mul(0.1, add(fast, mul(-1, initial)))),
      taskWeights: ({ queryRows, supportRows }) => add(queryRows, supportRows),
    });
    await testAlgorithmPlugin(defineAlgorithm({ name: 'ruled', create }));
  });

  it.each<readonly [string, AlgorithmPlugin['create'], RegExp]>([
    ['options that are ignored', () => maml(), /supportShrinkage: 3.5 became 0.*fix: Spread/s],
    [
      'unchecked options',
      (options) => ({ ...maml(), ...options }),
      /innerSteps: -1 is accepted.*fix: Make the algorithm with maml/s,
    ],
    [
      'errors without a code',
      (options) => {
        if (options?.innerSteps === -1) throw new Error('no');
        return maml(options);
      },
      /refused without a code: no/,
    ],
    [
      'constants in the gradient',
      withHooks({ innerGradient: (gradient) => stopGradient(gradient) }),
      /agree with finite differences.*element \d of grad\/meta\/.*fix: Use differentiable/s,
    ],
    [
      'a root at zero',
      withHooks({ innerGradient: (gradient) => sqrt(mul(gradient, gradient)) }),
      /finite gradient.*is NaN.*fix: In hooks, avoid roots/s,
    ],
    [
      'a step without support',
      withHooks({ innerGradient: (gradient, { fast }) => add(gradient, mul(0.1, fast)) }),
      /keeps the prior.*without support: element.*fix: Let hooks leave/s,
    ],
    [
      'no adaptation',
      withHooks({ innerGradient: (gradient) => mul(gradient, 0) }),
      /the inner loop changes nothing/,
    ],
    [
      'tasks that touch each other',
      withHooks({ supportLoss: (losses) => div(mul(losses, sum(losses)), 2) }),
      /a batch: element.*fix: In hooks, sum and average over axes/s,
    ],
    ['a wrong shape', withHooks({ taskWeights: () => ones([]) }), /HOOK_SHAPE/],
  ])('finds %s', async (_, create, message) => {
    const error: unknown = await testAlgorithmPlugin(
      defineAlgorithm({ name: 'bad', create }),
    ).catch((reason: unknown) => reason);
    if (!isLimamlError(error)) throw error;
    expect(error.code).toBe('LIMAML_ERR_PLUGIN_CONFORMANCE');
    expect(error.message).toMatch(message);
  });
});
