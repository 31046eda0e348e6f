import { describe, expect, it } from 'vitest';
import { defineExperiment } from './define-experiment.js';

const minimal = { name: 'x', dataset: 'd', entity: 'member' };
const withModel = (model: object) => () =>
  defineExperiment({ ...minimal, models: [{ name: 'm', model: 'limaml', ...model }] });

describe('defineExperiment', () => {
  it('fills in every default', () => {
    const spec = defineExperiment({ ...minimal, models: [{ name: 'm', model: 'limaml' }] });
    expect(spec.split).toEqual({
      by: 'new-entity',
      testShare: 0.2,
      validationShare: 0.1,
      cut: 'half',
      maxSupport: 40,
      maxQuery: 40,
      ties: 'log-order',
      testRows: null,
      order: 'time',
      rows: { min: 1, max: null },
      minSupport: 1,
      newCandidates: null,
      testTrained: false,
      supportSizes: [],
    });
    expect(spec.models[0]!.algorithm).toEqual({});
    expect(spec.models[0]!.training.optimiser.learningRate).toBe(3e-3);
    expect(spec.baselines).toHaveLength(4);
  });

  it('compares with networks that do not adapt, unless they are among the models', () => {
    const modelsOf = (...models: readonly string[]): string[] =>
      defineExperiment({
        ...minimal,
        models: models.map((model) => ({ name: model, model })),
      }).models.map(({ model }) => model);
    expect(modelsOf('limaml')).toEqual(['limaml', 'production', 'wide-and-deep']);
    expect(modelsOf('wide-and-deep', 'limaml')).toEqual(['wide-and-deep', 'limaml', 'production']);
    expect(modelsOf()).toEqual([]);
    const chosen = defineExperiment({
      ...minimal,
      models: [{ name: 'm', model: 'limaml' }],
      baselines: ['production', 'item-rate'],
    });
    expect(chosen.models.map(({ name }) => name)).toEqual(['m', 'production style']);
    expect(chosen.baselines).toEqual(['item-rate']);
  });

  it('is idempotent: a resolved spec resolves to itself', () => {
    const spec = defineExperiment({ ...minimal, models: [{ name: 'm', model: 'limaml' }] });
    expect(defineExperiment(spec)).toEqual(spec);
  });

  it.each([
    ['top level', () => defineExperiment({ ...minimal, sedes: [1] } as never), /seeds/],
    ['nested', withModel({ algorithm: { innerStep: 1 } }), /innerSteps/],
    [
      'in an optimiser',
      withModel({ training: { optimiser: { learningrate: 1 } } }),
      /learningRate/,
    ],
    [
      'in an alternative',
      withModel({ training: { schedule: { kind: 'cosine', warm: 1 } } }),
      /warmup/,
    ],
  ])('suggests the key that was meant: %s', (_, run, meant) => {
    expect(run).toThrow(meant);
    expect(run).toThrow(
      expect.objectContaining({ code: 'LIMAML_ERR_EXPERIMENT_SPEC_KEY_UNKNOWN' }),
    );
  });

  it.each([
    ['a wrong value', withModel({ training: { epochs: -1 } }), 'models.0.training.epochs'],
    [
      'two models of one name',
      () =>
        defineExperiment({ ...minimal, models: ['a', 'b'].map((model) => ({ name: 'm', model })) }),
      'models',
    ],
    ['nothing to run', () => defineExperiment({ ...minimal, baselines: [] }), 'models'],
    [
      'cohort edges that do not increase',
      () => defineExperiment({ ...minimal, cohorts: [40, 15] }),
      'cohorts.support',
    ],
    ['no seeds', () => defineExperiment({ ...minimal, seeds: [] }), 'seeds'],
  ])('refuses %s and says where', (_, run, field) => {
    expect(run).toThrow(
      expect.objectContaining({ code: 'LIMAML_ERR_EXPERIMENT_SPEC_INVALID', where: { field } }),
    );
  });
});
