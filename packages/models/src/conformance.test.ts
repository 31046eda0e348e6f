import { testModelPlugin } from '@limaml/plugin/testing';
import { describe, expect, it } from 'vitest';
import { FACTOR_SCHEMA } from './small-schema.test-support.js';
import { GLOBAL_CASES, META_CASES } from './zoo.test-support.js';

describe('the suite of models passes', () => {
  it.each([...META_CASES, ...GLOBAL_CASES])('$name', async ({ plugin, options }) => {
    const { checks } = await testModelPlugin(plugin, { schema: FACTOR_SCHEMA, options });
    expect(checks.length).toBeGreaterThan(5);
  });
});
