import { describe, expect, it } from 'vitest';
import { createRegistry } from '@limaml/plugin';
import { testEntityPlugin } from '@limaml/plugin/testing';
import { memberEntity } from './index.js';
import type { MemberEntity } from './index.js';

const DAY = 86_400_000;

const samples = [
  { ids: { member: 'm1', job: 'j1' }, timestamp: DAY, task: 'm1' },
  { ids: { member: 'm2', job: 'j1' }, timestamp: 2 * DAY, task: 'm2' },
  { ids: { member: 'm1', job: 'j2' }, timestamp: 3 * DAY, task: 'm1' },
  { ids: { job: 'j2' }, timestamp: 4 * DAY, task: null },
];

const features = [
  { name: 'seniority', kind: 'categorical' },
  { name: 'skills', kind: 'multi', maxLength: 8 },
  { name: 'age', kind: 'dense' },
] as const;

describe('memberEntity', () => {
  it.each([
    ['default options', memberEntity()],
    ['a window', memberEntity({ supportSize: 10, windowDays: 30 })],
    [
      'features of its own',
      memberEntity({
        features,
        metaFeatures: ['seniority', 'skills'],
        defaults: { seniority: 'entry', skills: ['writing'], age: 30 },
      }),
    ],
  ])('passes the conformance suite with %s', async (_, plugin) => {
    const report = await testEntityPlugin(plugin, { samples });
    expect(report.checks.every(({ passed }) => passed)).toBe(true);
  });

  it('turns options into the contract', () => {
    expect(memberEntity()).toMatchObject({
      name: 'member',
      features: 'dataset',
      metaFeatures: 'all',
      support: { maxSize: 40 },
      coldStart: { defaults: {} },
    });
    expect(memberEntity().support).not.toHaveProperty('window');
    expect(memberEntity({ windowDays: 1.5 }).support.window).toBe(1.5 * DAY);
  });

  it.each([
    [{ supportSize: 0 }, /support\.maxSize is the number 0/],
    [{ windowDays: -1 }, /support\.window is the number -86400000/],
    [{ features, metaFeatures: ['skils'] }, /Did you mean "skills"\?/],
    [{ features, defaults: { age: 'thirty' } }, /the string "thirty" for age/],
  ])('is refused by a registry with %j', (options, message) => {
    expect(() => createRegistry().use(memberEntity(options))).toThrow(message);
  });

  it('has its own type in a registry', () => {
    const plugin: MemberEntity = createRegistry().use(memberEntity()).get('entity', 'member');
    expect(plugin.name).toBe('member');
  });
});
