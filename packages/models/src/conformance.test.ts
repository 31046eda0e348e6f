import { SMALL_SCHEMA, testModelPlugin } from '@limaml/plugin/testing';
import { describe, expect, it } from 'vitest';
import { limamlModel, wideAndDeepModel } from './index.js';
import { BARE_SCHEMA, FACTOR_SCHEMA } from './small-schema.test-support.js';
import { GLOBAL_CASES, META_CASES, type ZooCase } from './zoo.test-support.js';

const ALL = [...META_CASES, ...GLOBAL_CASES];

/** Each on fitted factors; the other schemas are told apart by parts that all share. */
const suites: [string, typeof SMALL_SCHEMA, readonly ZooCase[]][] = [
  ['fitted factors', FACTOR_SCHEMA, ALL],
  ['a learned candidate vector', SMALL_SCHEMA, META_CASES.slice(0, 3)],
  [
    'ids alone',
    BARE_SCHEMA,
    [
      { name: 'limaml', plugin: limamlModel(), options: {} },
      { name: 'tables by row', plugin: wideAndDeepModel(), options: { wholeTableLimit: 5 } },
    ],
  ],
];

describe.each(suites)('on a schema with %s', (_, schema, cases) => {
  it.each(cases)('$name conforms', async ({ plugin, options }) => {
    const { checks } = await testModelPlugin(plugin, { schema, options });
    expect(checks.length).toBeGreaterThanOrEqual(20);
  });
});
