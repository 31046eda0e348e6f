import { describe, expect, it } from 'vitest';
import { isLimamlError } from '@limaml/errors';
import { createRegistry, defineDataset, defineMetric } from '../index.js';
import type {
  DatasetPlugin,
  EntityPlugin,
  InteractionLog,
  MetricPlugin,
  Predictions,
} from '../index.js';
import { accuracy, courseEntity } from '../plugins.test-support.js';
import { testDatasetPlugin, testEntityPlugin, testMetricPlugin } from './index.js';
import { courseDataset, courseLog, openCourseParts } from './course-log.test-support.js';

const samples = ['c1', 'c2', 'c1', 'c3'].map((course, day) => ({
  ids: { course, member: 'm1' },
  timestamp: day * 86_400_000,
  task: course,
}));

async function failuresOf(run: Promise<unknown>): Promise<string> {
  const error: unknown = await run.then(
    () => new Error('it passed'),
    (reason: unknown) => reason,
  );
  if (!isLimamlError(error)) throw error;
  expect(error.code).toBe('LIMAML_ERR_PLUGIN_CONFORMANCE');
  return error.message;
}

describe('testEntityPlugin', () => {
  it('passes a good plugin and reports every check', async () => {
    const report = await testEntityPlugin(courseEntity(), { samples });
    expect(report.subject).toBe('entity course');
    expect(report.checks.length).toBeGreaterThanOrEqual(6);
    expect(report.checks.every(({ passed }) => passed)).toBe(true);
  });

  it.each<[string, Partial<EntityPlugin>, RegExp]>([
    ['a counter', countingTaskId(), /sample 0 got different tasks/],
    ['an empty id', { taskId: () => '' }, /taskId returned ""/],
    ['no task at all', { taskId: () => undefined }, /no sample belongs to a task/],
    ['other tasks than stated', { taskId: () => 'c1' }, /sample 1 states "c2", taskId gave "c1"/],
    [
      'wrong meta features',
      { metaFeatures: ['x'] },
      /is accepted by a registry.*FEATURES_INCONSISTENT/s,
    ],
    ['an exception', { taskId: throwing }, /problem: no course/],
    [
      'a missing requirement',
      { requires: [{ kind: 'metric', name: 'accuracy' }] },
      /REQUIREMENT_MISSING/,
    ],
  ])('finds %s', async (_, changes, message) => {
    const plugin: EntityPlugin = { ...courseEntity(), ...changes };
    expect(await failuresOf(testEntityPlugin(plugin, { samples }))).toMatch(message);
  });

  it('finds declarations that change', async () => {
    let reads = 0;
    const plugin: EntityPlugin = {
      ...courseEntity(),
      get support() {
        return { maxSize: ++reads };
      },
    };
    expect(await failuresOf(testEntityPlugin(plugin, { samples }))).toMatch(/two reads differ/);
  });

  it('registers what the plugin requires first', async () => {
    const plugin: EntityPlugin = {
      ...courseEntity(),
      requires: [{ kind: 'metric', name: 'accuracy' }],
    };
    await testEntityPlugin(plugin, { samples, requires: [accuracy()] });
  });
});

describe('testDatasetPlugin', () => {
  it('passes good datasets, in parts and whole', async () => {
    const inParts = await testDatasetPlugin(courseDataset(), { entity: 'course' });
    const whole = defineDataset({
      name: 'courses',
      load: (context) => courseDataset().load(context),
    });
    const loaded = await testDatasetPlugin(whole, { entity: 'course' });
    expect(inParts.checks.length).toBeGreaterThan(loaded.checks.length);
  });

  it.each<[string, Partial<DatasetPlugin>, RegExp]>([
    [
      'a reference to nobody',
      loading({ refs: { course: Int32Array.of(0, 1, 0, 7, 2) } }),
      /row 3 refers to "course" 7 of 3/,
    ],
    ['a short column', loading({ label: Float32Array.of(1) }), /label has 1 values, not 5/],
    ['a log that changes', changing(), /the second log have other interactions of "c1"/],
    [
      'deafness to signals',
      { load: () => Promise.resolve(courseLog()) },
      /it went on after an abort/,
    ],
    ['an entity in two parts', inParts([0, 1], [1, 2]), /"c2" is in two parts/],
    [
      'a part without an entity',
      inParts([0, 1]),
      /the parts together lack "c3"|3 entities stated, 2 read/,
    ],
    [
      'no parts at all',
      { openParts: () => Promise.resolve(undefined) },
      /gives nothing for entities/,
    ],
  ])('finds %s', async (_, changes, message) => {
    const plugin: DatasetPlugin = { ...courseDataset(), ...changes };
    expect(await failuresOf(testDatasetPlugin(plugin, { entity: 'course' }))).toMatch(message);
  });
});

describe('testMetricPlugin', () => {
  it('passes a good metric, which a registry takes too', async () => {
    const report = await testMetricPlugin(accuracy());
    expect(report.checks.every(({ passed }) => passed)).toBe(true);
    expect(createRegistry().use(accuracy()).list('metric')).toHaveLength(1);
  });

  it.each<[string, Partial<MetricPlugin>, RegExp]>([
    ['a wrong direction', { better: 'lower' }, /lower is better, but perfect has 1/],
    ['division by zero', { evaluate: divideByPositives }, /rows of one class|no tasks/],
    ['dependence on the order of rows', { evaluate: firstRow }, /the order of rows within a task/],
    ['dependence on the order of tasks', { evaluate: firstRow }, /the order of tasks/],
    ['a random number', { evaluate: drifting() }, /two calls differ/],
    ['writing to the scores', { evaluate: sortInPlace }, /score, label or offsets changed/],
    [
      'nothing where a number is',
      { evaluate: () => undefined },
      /it returned undefined for rows of both/,
    ],
  ])('finds %s', async (_, changes, message) => {
    const metric = defineMetric({ ...accuracy(), ...changes });
    expect(await failuresOf(testMetricPlugin(metric))).toMatch(message);
  });
});

function loading(changes: Partial<InteractionLog>): Partial<DatasetPlugin> {
  return { load: () => Promise.resolve({ ...courseLog(), ...changes }) };
}

function changing(): Partial<DatasetPlugin> {
  let loads = 0;
  return {
    load: () => Promise.resolve({ ...courseLog(), label: new Float32Array(5).fill(++loads) }),
  };
}

/** Parts with these courses, whatever was asked for. */
function inParts(...parts: readonly (readonly number[])[]): Partial<DatasetPlugin> {
  return { openParts: (context) => openCourseParts(context, parts) };
}

function countingTaskId(): Partial<EntityPlugin> {
  let calls = 0;
  return { taskId: () => `c${++calls}` };
}

function throwing(): never {
  throw new Error('no course');
}

function divideByPositives(predictions: Predictions): number {
  const positives = predictions.label.filter((label) => label === 1).length;
  return accuracy().evaluate(predictions)! / positives;
}

function firstRow({ score, label }: Predictions): number {
  return score[0]! * label[0]!;
}

function drifting(): MetricPlugin['evaluate'] {
  let calls = 0;
  return () => ++calls;
}

function sortInPlace({ score }: Predictions): number {
  return score.sort()[0]!;
}
