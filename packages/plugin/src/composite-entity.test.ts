import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { courseEntity } from './plugins.test-support.js';
import { attribute, compositeEntity, contextAttribute, createRegistry } from './index.js';
import { testEntityPlugin } from './testing/index.js';

const pair = compositeEntity({
  name: 'course-device',
  of: [courseEntity(), attribute('teacher', 'subject'), contextAttribute('device')],
});

const sample = (course: string, subject: string, device: string) => ({
  ids: { course },
  attributes: { teacher: { subject } },
  context: { device },
  timestamp: 1,
});

describe('compositeEntity', () => {
  it('passes the conformance suite; an interaction without a part has no task', async () => {
    const samples = [
      { ...sample('c1', 'maths', 'phone'), task: 'c1|maths|phone' },
      { ...sample('c1', 'art', 'phone'), task: 'c1|art|phone' },
      { ...sample('c1', 'maths', 'phone'), task: 'c1|maths|phone' },
      { ids: { course: 'c1' }, context: { device: 'phone' }, timestamp: 2, task: null },
      { ids: {}, attributes: { teacher: { subject: 'art' } }, timestamp: 2, task: null },
    ];
    const report = await testEntityPlugin(pair, { samples });
    expect(report.checks.every(({ passed }) => passed)).toBe(true);
  });

  it('never gives two combinations one id', () => {
    const id = fc.stringMatching(/^[ab|\\]{1,4}$/);
    const ids = fc.tuple(id, id, id);
    const taskOf = ([course, subject, device]: readonly [string, string, string]) =>
      pair.taskId({
        entityId: () => course,
        category: () => subject,
        context: () => device,
        timestamp: 0,
      });
    fc.assert(
      fc.property(ids, ids, (left, right) => {
        fc.pre(left.some((part, at) => part !== right[at]));
        expect(taskOf(left)).not.toBe(taskOf(right));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('takes support and features from its first part and adds its attributes', () => {
    const course = courseEntity();
    expect(pair.support).toEqual(course.support);
    const names = (pair.features as readonly { name: string }[]).map(({ name }) => name);
    expect(names.slice(-2)).toEqual(['teacher.subject', 'context.device']);
    const small = compositeEntity({ name: 'x', of: [course, attribute('a', 'b')], supportSize: 3 });
    expect(small.support.maxSize).toBe(3);
  });

  it('is refused with one part only', () => {
    const alone = compositeEntity({ name: 'alone', of: [courseEntity()] });
    expect(() => createRegistry().use(alone)).toThrow(/of is a list of 1.*at least two parts/s);
  });
});
