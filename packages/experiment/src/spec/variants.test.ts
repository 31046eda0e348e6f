import { describe, expect, it } from 'vitest';
import { defineExperiment, selectVariant } from './define-experiment.js';
import type { ExperimentOptions, ExperimentSpec, SpecVariant } from './schema.js';

const base: ExperimentOptions = {
  name: 'x',
  dataset: 'd',
  entity: 'member',
  models: [
    {
      name: 'LiMAML',
      model: 'limaml',
      options: { meta: 'history', hidden: 32 },
      algorithm: { innerSteps: 2, innerLearningRate: { initial: 0.5 }, adapts: ['meta/offset'] },
      training: { epochs: 4, schedule: { kind: 'cosine', floor: 0.1 } },
    },
    { name: 'other', model: 'production' },
  ],
};

const chosen = (variant: SpecVariant): ExperimentSpec =>
  selectVariant(defineExperiment({ ...base, variants: { v: variant } }), 'v');
const model = (spec: ExperimentSpec, name = 'LiMAML') =>
  spec.models.find((entry) => entry.name === name)!;
const changedModel = (changes: Omit<NonNullable<SpecVariant['models']>[number], 'name'>) =>
  model(chosen({ models: [{ name: 'LiMAML', ...changes }] }));
const original = model(defineExperiment(base));

describe('a variant', () => {
  it('is the spec where it changes nothing, and says which it is', () => {
    expect(chosen({})).toEqual({ ...defineExperiment(base), name: 'x, v', variant: 'v' });
  });

  it('replaces lists and merges objects', () => {
    const spec = chosen({ seeds: [7], split: { cut: '2026-01-01T00:00:00Z' } });
    expect(spec.seeds).toEqual([7]);
    expect(spec.split).toEqual({ ...defineExperiment(base).split, cut: '2026-01-01T00:00:00Z' });
  });

  it('finds models by name; a new one comes last', () => {
    const spec = chosen({
      models: [
        { name: 'new', model: 'limaml' },
        { name: 'LiMAML', training: { epochs: 1 } },
      ],
    });
    expect(spec.models.map(({ name }) => name).slice(0, 3)).toEqual(['LiMAML', 'other', 'new']);
    expect(model(spec)).toEqual({ ...original, training: { ...original.training, epochs: 1 } });
  });

  it('replaces what belongs to another choice', () => {
    expect(
      changedModel({ training: { schedule: { kind: 'constant' } } }).training.schedule,
    ).toEqual({ kind: 'constant', warmup: 0 });
    expect(changedModel({ algorithm: { preset: 'anil' } }).algorithm).toEqual({ preset: 'anil' });
    expect(changedModel({ model: 'mine', options: { width: 3 } }).options).toEqual({ width: 3 });
    expect(changedModel({ options: { meta: 'id' } }).options).toEqual({ meta: 'id', hidden: 32 });
  });

  it('takes keys away with undefined', () => {
    expect(changedModel({ algorithm: { adapts: undefined } }).algorithm).toEqual({
      innerSteps: 2,
      innerLearningRate: { initial: 0.5, per: 'element' },
    });
    expect(changedModel({ options: { hidden: undefined } }).options).toEqual({ meta: 'history' });
  });

  it('chooses among the baselines that are networks too', () => {
    const names = (spec: ExperimentSpec) => spec.models.map(({ name }) => name);
    expect(names(chosen({}))).toEqual(['LiMAML', 'other', 'wide & deep, IDs']);
    const fewer = chosen({ baselines: ['item-rate'] });
    expect(names(fewer)).toEqual(['LiMAML', 'other']);
    expect(fewer.baselines).toEqual(['item-rate']);
  });

  it('is the same chosen from a spec that was resolved twice', () => {
    const spec = defineExperiment({ ...base, variants: { v: { seeds: [1] } } });
    expect(selectVariant(defineExperiment(spec), 'v')).toEqual(selectVariant(spec, 'v'));
  });

  it.each<[string, object, string, RegExp]>([
    ['an unknown key', { sedes: [1] }, 'variants.v.sedes', /seeds/],
    [
      'an unknown key of a model',
      { models: [{ name: 'LiMAML', algorithm: { innerStep: 1 } }] },
      'variants.v.models.0.algorithm.innerStep',
      /innerSteps/,
    ],
    ['a wrong value', { seeds: [] }, 'variants.v.seeds', /./],
    [
      'a new model without a plugin',
      { models: [{ name: 'new' }] },
      'variants.v.models.2.model',
      /./,
    ],
  ])('is checked when the spec is defined: %s', (_, variant, field, meant) => {
    const define = () => defineExperiment({ ...base, variants: { v: variant } });
    expect(define).toThrow(expect.objectContaining({ where: { field } }));
    expect(define).toThrow(meant);
  });

  it('that does not exist is an error with a suggestion', () => {
    const spec = defineExperiment({ ...base, variants: { small: {} } });
    expect(() => selectVariant(spec, 'smal')).toThrow(/VARIANT_UNKNOWN.*Did you mean "small"/s);
    expect(() => selectVariant(defineExperiment(base), 'small')).toThrow(/VARIANT_UNKNOWN/);
  });
});
