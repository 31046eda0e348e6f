import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '@limaml/data';
import { withCode } from '../run/experiment-runner.test-support.js';
import { choice, draw, logUniform, uniform, whole } from './distributions.js';
import { defineSweep } from './define-sweep.js';
import type { SweepOptions } from './schema.js';
import { listTrials } from './trials.js';

const experiment = {
  ...{ name: 'x', dataset: 'd', entity: 'member' },
  models: [
    { name: 'first', model: 'production' },
    {
      name: 'LiMAML',
      model: 'limaml',
      options: { meta: 'history' },
      algorithm: { innerLearningRate: { initial: 0.5 } },
      training: { schedule: { kind: 'cosine' as const, floor: 0.1 } },
    },
  ],
};
const space = {
  'training.optimiser.learningRate': logUniform(1e-3, 1e-1),
  'algorithm.innerSteps': choice([1, 3, 5]),
  'algorithm.innerLearningRate.initial': uniform(0.1, 1),
  'options.hidden': whole(8, 64),
};
const sweep = (changes: Partial<SweepOptions> = {}) =>
  defineSweep({ experiment, model: 'LiMAML', space, ...changes });

describe('defineSweep', () => {
  it('fills in what is left out', () => {
    expect(
      defineSweep({ experiment, space: { 'algorithm.innerSteps': whole(0, 3) } }),
    ).toMatchObject({
      model: 'first',
      search: 'random',
      trials: 20,
      seed: 1,
      asha: { minEpochs: 1, reduction: 3 },
    });
  });

  it('is idempotent', () => {
    expect(defineSweep(sweep())).toEqual(sweep());
  });

  it.each<[string, Partial<SweepOptions>, string, RegExp]>([
    ['an unknown key', { trails: 3 } as never, 'SPEC_KEY_UNKNOWN', /"trials"/],
    [
      'an unknown key of the experiment',
      { experiment: { ...experiment, sedes: [] } as never },
      'SPEC_KEY_UNKNOWN',
      /"seeds"/,
    ],
    [
      'a space key that does not exist',
      { space: { 'algorithm.innerStep': choice([1]) } },
      'SPEC_KEY_UNKNOWN',
      /space\.algorithm\.innerStep.*"innerSteps"/s,
    ],
    [
      'a space key at the top that does not exist',
      { space: { trainin: choice([1]) } },
      'SPEC_KEY_UNKNOWN',
      /"training"/,
    ],
    [
      'a value that makes no sense',
      { space: { 'algorithm.innerSteps': choice([-1]) } },
      'SPEC_INVALID',
      /space: trial 1: algorithm\.innerSteps/,
    ],
    [
      'a range the wrong way round',
      { space: { 'algorithm.innerLearningRate': uniform(2, 1) } },
      'SPEC_INVALID',
      /not below/,
    ],
    ['an empty space', { space: {} }, 'SPEC_INVALID', /nothing to search/],
    [
      'another objective for every trial',
      { space: { 'training.monitor': choice(['auc']) } },
      'SPEC_INVALID',
      /one metric/,
    ],
    [
      'epochs beside halving',
      { search: 'asha', space: { 'training.epochs': choice([3]) } },
      'SPEC_INVALID',
      /halving/,
    ],
    ['a model that is not there', { model: 'LiMAM' }, 'SPEC_INVALID', /it has first, LiMAML/],
    [
      'no validation tasks',
      { experiment: { ...experiment, split: { validationShare: 0 } } },
      'SPEC_INVALID',
      /validationShare/,
    ],
  ])('refuses %s', (_, changes, code, meant) => {
    expect(() => sweep(changes)).toThrow(withCode(code));
    expect(() => sweep(changes)).toThrow(meant);
  });
});

describe('trials', () => {
  it('are the same for the same seed, others for another, and more begin with fewer', () => {
    const trials = listTrials(sweep());
    expect(listTrials(sweep())).toEqual(trials);
    expect(listTrials(sweep({ seed: 2 }))).not.toEqual(trials);
    expect(listTrials(sweep({ trials: 30 })).slice(0, 20)).toEqual(trials);
  });

  it('are the model with what was drawn', () => {
    const [{ values, entry }] = listTrials(sweep()) as [ReturnType<typeof listTrials>[number]];
    expect(entry.name).toBe('trial 1');
    expect(entry.options).toEqual({ meta: 'history', hidden: values['options.hidden'] });
    expect(entry.algorithm.innerLearningRate).toEqual({
      initial: values['algorithm.innerLearningRate.initial'],
      per: 'element',
    });
    expect(entry.training.schedule).toEqual({ kind: 'cosine', warmup: 0, floor: 0.1 });
  });

  it('leave out what belongs to another kind', () => {
    const kinds = sweep({ space: { 'training.schedule.kind': choice(['constant']) } });
    expect(listTrials(kinds)[0]!.entry.training.schedule).toEqual({ kind: 'constant', warmup: 0 });
  });

  it('are not repeated: a small space is used up', () => {
    const steps = listTrials(sweep({ space: { 'algorithm.innerSteps': choice([1, 3, 5]) } }));
    expect(steps.map(({ values }) => values['algorithm.innerSteps']).sort()).toEqual([1, 3, 5]);
  });
});

describe('distributions', () => {
  const seeds = fc.integer({ min: 0, max: 2 ** 30 });

  it('stay in their range', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 1e-6, max: 1, noNaN: true }), (seed, low) => {
        const random = createRandom(seed);
        for (const distribution of [uniform(low, low * 3 + 1e-3), logUniform(low, low * 300)]) {
          const value = draw(distribution, random) as number;
          const { low: least, high } = distribution as { low: number; high: number };
          expect(value).toBeGreaterThanOrEqual(least);
          expect(value).toBeLessThanOrEqual(high);
        }
      }),
    );
  });

  it('have every order of magnitude alike where they are logarithmic', () => {
    const random = createRandom(1);
    const values = Array.from({ length: 4000 }, () => draw(logUniform(1e-4, 1), random) as number);
    for (const power of [-4, -3, -2, -1]) {
      const inside = values.filter((v) => v >= 10 ** power && v < 10 ** (power + 1)).length;
      expect(inside / values.length).toBeCloseTo(0.25, 1);
    }
  });

  it('reach both ends where they are whole numbers', () => {
    const random = createRandom(1);
    const values = Array.from({ length: 200 }, () => draw(whole(2, 4), random));
    expect([...new Set(values)].sort()).toEqual([2, 3, 4]);
  });
});
