import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineExperiment } from './define-experiment.js';
import { experimentJsonSchema } from './json-schema.js';
import type { ExperimentOptions } from './schema.js';

const FILE = new URL('../../schema/experiment.schema.json', import.meta.url);

// After a change of the spec: npm test -- --project experiment json-schema -u
it('the published JSON schema of experiment specs is that of the code', async () => {
  const text = `${JSON.stringify(experimentJsonSchema(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot(FILE.pathname);
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
