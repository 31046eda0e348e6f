import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineExperiment } from './define-experiment.js';
import { choice, logUniform } from '../sweep/distributions.js';
import { defineSweep } from '../sweep/define-sweep.js';
import type { SweepOptions } from '../sweep/schema.js';
import { experimentJsonSchema, sweepJsonSchema } from './json-schema.js';
import type { ExperimentOptions } from './schema.js';

const fileOf = (name: string): string =>
  new URL(`../../schema/${name}.schema.json`, import.meta.url).pathname;

// After a change of the spec: npm test -- --project experiment json-schema -u
it.each([
  ['experiment', experimentJsonSchema()],
  ['sweep', sweepJsonSchema()],
])('the published JSON schema of an %s is that of the code', async (name, schema) => {
  const text = `${JSON.stringify(schema, undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot(fileOf(name));
});

describe('the JSON schema', () => {
  const schema = z.fromJSONSchema(experimentJsonSchema());
  const minimal = {
    $schema: './experiment.schema.json',
    name: 'x',
    dataset: 'd',
    entity: 'member',
  };
  const entry = { name: 'LiMAML', model: 'limaml', algorithm: { innerSteps: 3 } };

  it.each<[string, object]>([
    ['a minimal spec', {}],
    ['models', { models: [entry], seeds: [1] }],
    ['variants', { models: [entry], variants: { small: { split: { maxSupport: 3 } } } }],
    [
      'changes of a model',
      { models: [entry], variants: { small: { models: [{ name: 'LiMAML', training: {} }] } } },
    ],
  ])('takes what defineExperiment takes: %s', (_, changes) => {
    const spec = { ...minimal, ...changes };
    expect(() => defineExperiment(spec as ExperimentOptions)).not.toThrow();
    expect(schema.safeParse(spec).success).toBe(true);
  });

  it.each<[string, object]>([
    ['an unknown key', { sedes: [1] }],
    ['an unknown key of a model', { models: [{ ...entry, algorithms: {} }] }],
    ['a wrong value', { seeds: ['one'] }],
    ['an unknown key of a variant', { models: [entry], variants: { small: { sedes: [1] } } }],
    ['a variant of a model without a name', { models: [entry], variants: { v: { models: [{}] } } }],
  ])('refuses what defineExperiment refuses: %s', (_, changes) => {
    const spec = { ...minimal, ...changes };
    expect(() => defineExperiment(spec as ExperimentOptions)).toThrow();
    expect(schema.safeParse(spec).success).toBe(false);
  });
});

describe('the JSON schema of sweeps', () => {
  const schema = z.fromJSONSchema(sweepJsonSchema());
  const experiment = {
    ...{ name: 'x', dataset: 'd', entity: 'member' },
    models: [{ name: 'LiMAML', model: 'limaml' }],
  };
  const space = {
    'training.optimiser.learningRate': logUniform(1e-3, 1e-1),
    'algorithm.innerSteps': choice([1, 3]),
  };

  it('takes and refuses what defineSweep does', () => {
    const sweep = { $schema: './sweep.schema.json', experiment, space, search: 'asha' };
    expect(() => defineSweep(sweep as SweepOptions)).not.toThrow();
    expect(schema.safeParse(sweep).success).toBe(true);
    const wrong = { ...sweep, trails: 3 };
    expect(() => defineSweep(wrong as SweepOptions)).toThrow(/Did you mean "trials"/);
    expect(schema.safeParse(wrong).success).toBe(false);
    expect(schema.safeParse({ ...sweep, experiment: { ...experiment, sedes: [] } }).success).toBe(
      false,
    );
  });
});
