import { describe, expect, it } from 'vitest';
import { createRegistry } from '@limaml/plugin';
import { testEntityPlugin } from '@limaml/plugin/testing';
import { jobEntity } from './index.js';
import type { JobEntity } from './index.js';

const DAY = 86_400_000;

const samples = [
  { ids: { member: 'm1', job: 'j1' }, timestamp: DAY, task: 'j1' },
  { ids: { member: 'm2', job: 'j1' }, timestamp: 2 * DAY, task: 'j1' },
  { ids: { member: 'm1', job: 'j2' }, timestamp: 3 * DAY, task: 'j2' },
  { ids: { member: 'm1' }, timestamp: 4 * DAY, task: null },
];

const features = [
  { name: 'field', kind: 'categorical' },
  { name: 'skills', kind: 'multi', maxLength: 8 },
  { name: 'salary', kind: 'dense' },
] as const;

describe('jobEntity', () => {
  it.each([
    ['default options', jobEntity()],
    ['a window', jobEntity({ supportSize: 10, windowDays: 30 })],
    [
      'features of its own',
      jobEntity({
        features,
        metaFeatures: ['field', 'skills'],
        defaults: { field: 'sales', skills: ['writing'], salary: 30 },
      }),
    ],
  ])('passes the conformance suite with %s', async (_, plugin) => {
    const report = await testEntityPlugin(plugin, { samples });
    expect(report.checks.every(({ passed }) => passed)).toBe(true);
  });

  it('turns options into the contract', () => {
    expect(jobEntity()).toMatchObject({
      name: 'job',
      features: 'dataset',
      metaFeatures: 'all',
      support: { maxSize: 40 },
      coldStart: { defaults: {} },
    });
    expect(jobEntity().support).not.toHaveProperty('window');
    expect(jobEntity({ windowDays: 1.5 }).support.window).toBe(1.5 * DAY);
  });

  it.each([
    [{ supportSize: 0 }, /support\.maxSize is the number 0/],
    [{ windowDays: -1 }, /support\.window is the number -86400000/],
    [{ features, metaFeatures: ['skils'] }, /Did you mean "skills"\?/],
    [{ features, defaults: { salary: 'thirty' } }, /the string "thirty" for salary/],
  ])('is refused by a registry with %j', (options, message) => {
    expect(() => createRegistry().use(jobEntity(options))).toThrow(message);
  });

  it('has its own type in a registry', () => {
    const plugin: JobEntity = createRegistry().use(jobEntity()).get('entity', 'job');
    expect(plugin.name).toBe('job');
  });
});
