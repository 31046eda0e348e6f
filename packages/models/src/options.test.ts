import { describe, expect, it } from 'vitest';
import {
  limamlModel,
  META_FORMS,
  meLuModel,
  productionModel,
  usedOptions,
  wideAndDeepModel,
} from './index.js';
import { SCHEMA } from './small-schema.test-support.js';

describe('options', () => {
  it('refuses one that does not exist and suggests the right one', () => {
    expect(() => limamlModel().create(SCHEMA, { hiden: 8 })).toThrow(
      /LIMAML_ERR_MODELS_OPTION_UNKNOWN.*Did you mean "hidden"/,
    );
  });

  it('refuses a value that makes no sense', () => {
    expect(() => limamlModel().create(SCHEMA, { dropout: 1 })).toThrow(
      /LIMAML_ERR_MODELS_OPTION_INVALID.*from 0 to below 1/,
    );
  });

  it.each(META_FORMS)('can be kept where the form changes to %s', (meta) => {
    const options = { hidden: 8, heads: 2, metaLayers: 2, foldInSteps: 3, tower: [8], meta };
    expect(() => limamlModel().create(SCHEMA, usedOptions(options))).not.toThrow();
    expect(usedOptions({ ...options, mine: 1 })).toMatchObject({ meta, tower: [8], mine: 1 });
  });

  it('says which feature is missing', () => {
    const schema = {
      ...SCHEMA,
      features: SCHEMA.features.filter(({ role }) => !role?.endsWith('id')),
    };
    expect(() => limamlModel().create(schema)).toThrow(/FEATURE_MISSING.*a candidate id/);
    const known = { ...SCHEMA, features: SCHEMA.features.filter((f) => f.role !== 'entity-id') };
    expect(() => wideAndDeepModel().create(known)).toThrow(/FEATURE_MISSING.*an entity id/);
  });

  it('feeds large vocabularies row by row', () => {
    const { tables } = limamlModel().create(SCHEMA, { wholeTableLimit: 5 });
    expect(new Set(Object.values(tables).map(({ feed }) => feed))).toEqual(new Set(['rows']));
  });

  it.each([
    [{ meta: 'entity', foldInSteps: 2 }, 'meta: history'],
    [{ global: 'deepfm', crossDepth: 2 }, 'global: dcn, dcn-low-rank, with a tower'],
    [{ tower: [], fusion: 'film' }, 'with a tower'],
    [{ global: 'dcn', crossRank: 4 }, 'global: dcn-low-rank'],
    [{ global: 'autoint', tower: [8] }, 'two-tower'],
    [{ global: 'dlrm', towerDim: 4 }, 'global: two-tower'],
    [{ meta: 'id', hidden: 4 }, 'all meta blocks but id'],
  ])('refuses what the chosen forms would ignore: %o', (options, usedBy) => {
    expect(() => limamlModel().create(SCHEMA, options)).toThrow(
      new RegExp(`LIMAML_ERR_MODELS_OPTION_UNUSED.*${usedBy}`),
    );
  });

  it('refuses what a model decides itself', () => {
    for (const plugin of [productionModel(), wideAndDeepModel(), meLuModel()]) {
      expect(() => plugin.create(SCHEMA, { meta: 'entity' })).toThrow(/OPTION_UNUSED/);
    }
  });

  it.each([
    ['heads', { meta: 'transformer', hidden: 6, heads: 4 }, 'a divisor of "hidden"'],
    ['positions', { meta: 'transformer', positions: 12 }, 'a power of two'],
    ['temperature', { global: 'two-tower', temperature: 0 }, 'a number above 0'],
    ['global', { global: 'dcn2' }, '"dcn" or'],
    ['targets', { targets: [{ name: 'a', outcome: 'b', los: 'c' }] }, 'a list of'],
    ['targets', { targets: Array(2).fill({ name: 'a', outcome: 'outcome.rating' }) }, 'different'],
  ])('says what "%s" must be', (name, options, expected) => {
    expect(() => limamlModel().create(SCHEMA, options)).toThrow(
      new RegExp(`LIMAML_ERR_MODELS_OPTION_INVALID.*"${name}".*${expected}`),
    );
  });

  it('says which outcome or request feature is missing', () => {
    const targets = [{ name: 'a', outcome: 'outcome.dwell' }];
    expect(() => limamlModel().create(SCHEMA, { targets })).toThrow(/FEATURE_MISSING.*dwell/);
    const request = { global: 'two-tower', requestFeatures: ['row.hour'] };
    expect(() => limamlModel().create(SCHEMA, request)).toThrow(/FEATURE_MISSING.*row\.hour/);
  });
});
