import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, suggest } from './index.js';

const entities = ['member', 'job', 'company'];

describe('suggest', () => {
  it.each([
    ['membr', ['member']],
    ['Member', ['member']],
    ['companny', ['company']],
    ['comp', ['company']],
    ['xyz', []],
    ['', []],
  ])('for %j finds %j', (name, expected) => {
    expect(suggest(name, entities)).toEqual(expected);
  });

  it('puts the nearest first and stops at three', () => {
    const near = suggest('row.age', ['row.agent', 'row.age1', 'row.wage', 'row.page', 'row.stage']);
    expect(near).toHaveLength(3);
    expect(near[0]).toBe('row.age1');
  });

  it('finds every name itself first', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1 });
    fc.assert(
      fc.property(names, (candidates) => {
        for (const name of candidates) expect(suggest(name, [name])).toEqual([name]);
        expect(suggest(candidates[0]!, candidates).length).toBeGreaterThan(0);
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});

describe('didYouMean', () => {
  it('asks about the near names', () => {
    expect(didYouMean('membr', entities)).toBe('Did you mean "member"?');
    expect(didYouMean('auc1', ['auc', 'gauc'])).toBe('Did you mean "auc"?');
  });

  it('is silent when nothing is near', () => {
    expect(didYouMean('zebra', entities)).toBe('');
  });
});
