import { SMALL_SCHEMA, testModelPlugin } from '@limaml/plugin/testing';
import { describe, expect, it } from 'vitest';
import { limamlModel, productionModel, wideAndDeepModel } from './index.js';
import { BARE_SCHEMA, FACTOR_SCHEMA } from './small-schema.test-support.js';

describe.each([
  ['a learned candidate vector', SMALL_SCHEMA],
  ['fitted factors', FACTOR_SCHEMA],
  ['ids alone', BARE_SCHEMA],
])('on a schema with %s', (_, schema) => {
  it.each([
    [limamlModel(), { meta: 'entity' }],
    [limamlModel(), { meta: 'interaction' }],
    [limamlModel(), { meta: 'history' }],
    [limamlModel(), { tower: [] }],
    [productionModel(), {}],
    [wideAndDeepModel(), { wholeTableLimit: 5 }],
  ])('$name with %j conforms', async (plugin, options) => {
    const report = await testModelPlugin(plugin, { schema, options });
    expect(report.checks.length).toBeGreaterThanOrEqual(20);
  });
});
