import { describe, expect, it } from 'vitest';
import { createRegistry } from '@limaml/plugin';
import { testEntityPlugin } from '@limaml/plugin/testing';
import { companyEntity } from './index.js';
import type { CompanyEntity } from './index.js';

const DAY = 86_400_000;

const samples = [
  { ids: { member: 'm1', job: 'j1', company: 'c1' }, timestamp: DAY, task: 'c1' },
  { ids: { member: 'm2', job: 'j2', company: 'c1' }, timestamp: 2 * DAY, task: 'c1' },
  { ids: { member: 'm1', job: 'j3', company: 'c2' }, timestamp: 3 * DAY, task: 'c2' },
  { ids: { member: 'm1', job: 'j4' }, timestamp: 4 * DAY, task: null },
];

const features = [
  { name: 'industry', kind: 'categorical' },
  { name: 'places', kind: 'multi', maxLength: 8 },
  { name: 'age', kind: 'dense' },
] as const;

describe('companyEntity', () => {
  it.each([
    ['default options', companyEntity()],
    ['a window', companyEntity({ supportSize: 10, windowDays: 30 })],
    [
      'features of its own',
      companyEntity({
        features,
        metaFeatures: ['industry', 'places'],
        defaults: { industry: 'retail', places: ['Newark'], age: 30 },
      }),
    ],
  ])('passes the conformance suite with %s', async (_, plugin) => {
    const report = await testEntityPlugin(plugin, { samples });
    expect(report.checks.every(({ passed }) => passed)).toBe(true);
  });

  it('turns options into the contract', () => {
    expect(companyEntity()).toMatchObject({
      name: 'company',
      features: 'dataset',
      metaFeatures: 'all',
      support: { maxSize: 40 },
      coldStart: { defaults: {} },
    });
    expect(companyEntity().support).not.toHaveProperty('window');
    expect(companyEntity({ windowDays: 1.5 }).support.window).toBe(1.5 * DAY);
  });

  it.each([
    [{ supportSize: 0 }, /support\.maxSize is the number 0/],
    [{ windowDays: -1 }, /support\.window is the number -86400000/],
    [{ features, metaFeatures: ['placs'] }, /Did you mean "places"\?/],
    [{ features, defaults: { age: 'thirty' } }, /the string "thirty" for age/],
  ])('is refused by a registry with %j', (options, message) => {
    expect(() => createRegistry().use(companyEntity(options))).toThrow(message);
  });

  it('has its own type in a registry', () => {
    const plugin: CompanyEntity = createRegistry().use(companyEntity()).get('entity', 'company');
    expect(plugin.name).toBe('company');
  });
});
