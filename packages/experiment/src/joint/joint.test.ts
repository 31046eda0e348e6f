import { companyEntity } from '@limaml/entity-company';
import { jobEntity } from '@limaml/entity-job';
import { limamlModel } from '@limaml/models';
import type { Registry } from '@limaml/plugin';
import { describe, expect, it } from 'vitest';
import { temporaryFolders, testRegistry, testSpec } from '../fixtures.test-support.js';
import { abortAfter, numbers, withCode } from '../run/experiment-runner.test-support.js';
import { runExperiment, type RunExperimentOptions } from '../run/run-experiment.js';
import { openRun } from '../run/run-folder.js';
import { runFolder } from '../run/run-record.js';
import type { ExperimentSpec } from '../spec/schema.js';

const newFolder = temporaryFolders();
/** Programs are compiled once for all tests. */
const compiled = newFolder();

function jointRegistry(): Registry {
  return testRegistry().use(jobEntity()).use(companyEntity()).use(limamlModel());
}

/** A small joint model of these types, with everything switched on. */
function jointSpec(
  entities: string[] | undefined,
  changes: Record<string, unknown> = {},
): ExperimentSpec {
  const entry = {
    ...{ name: 'joint', model: 'limaml', options: { meta: 'entity', tower: [8], candidateDim: 4 } },
    algorithm: { innerSteps: 1, innerLearningRate: { initial: 0.3 }, adapts: ['meta/offset'] },
    training: { epochs: 2, tasksPerBatch: 16, averageDecay: 0.9, clipNorm: 1 },
    ...(entities && { entities }),
    ...changes,
  };
  return testSpec({ models: [entry], baselines: [] });
}

async function run(spec: ExperimentSpec, options: Partial<RunExperimentOptions> = {}) {
  const out = options.out ?? (await newFolder());
  const registry = jointRegistry();
  try {
    const executorOptions = { cache: await compiled };
    const results = await runExperiment(spec, registry, { executorOptions, ...options, out });
    const opened = await openRun(runFolder(out, 'joint', 1), registry);
    return { results, opened, out };
  } finally {
    await registry.dispose();
  }
}

const ALL = ['member', 'job', 'company'];
/** Several runs, each with programs of its own to compile. */
const SLOW = { timeout: 120_000 };

describe('a model of several entity types', () => {
  it.each([[ALL], [['member']], [['job', 'company']]])(
    'of %j is trained and kept',
    async (types) => {
      const { results, opened } = await run(
        jointSpec(types, { entityWeights: { [types[0]!]: 2 } }),
      );
      expect(results.models[0]!.metrics.auc!.mean).toBeGreaterThan(0.5);
      const { model, entities } = opened.joint!;
      expect(Object.keys(model.views)).toEqual(['member', ...types.filter((t) => t !== 'member')]);
      expect(opened.model).toBe(model.views.member);
      expect(entities.member!.algorithm.innerSteps).toBe(types.includes('member') ? 1 : 0);
      for (const type of Object.keys(model.views)) {
        expect(opened.params).toHaveProperty([`meta/${type}/offset`]);
      }
      const rates = Object.keys(opened.params).filter((name) => name.startsWith('rate/'));
      expect(rates).toEqual(types.map((type) => `rate/meta/${type}/offset`));
    },
  );

  it('goes on where it was interrupted, with the same numbers', SLOW, async () => {
    const spec = jointSpec(['member', 'job']);
    const whole = await run(spec);
    const out = await newFolder();
    // In the middle of the second epoch: rows go on reading embeddings made at its beginning.
    await expect(run(spec, { out, ...abortAfter(8) })).rejects.toThrow(withCode('INTERRUPTED'));
    const resumed = await run(spec, { out, existing: 'resume' });
    expect(numbers(resumed.results)).toEqual(numbers(whole.results));
  });

  it('is trained in worker threads, too, and with tables by row', SLOW, async () => {
    const options = { meta: 'entity', tower: [8], candidateDim: 4, wholeTableLimit: 4 };
    const training = { epochs: 1, tasksPerBatch: 16, workers: 2 };
    const types = ['member', 'job'];
    const alone = await run(jointSpec(types, { options, training: { ...training, workers: 1 } }));
    const shared = await run(jointSpec(types, { options, training }));
    for (const [name, { data }] of Object.entries(shared.opened.params)) {
      const expected = alone.opened.params[name]!.data;
      data.forEach((value, at) => {
        expect(Math.abs(value - expected[at]!), name).toBeLessThan(2e-3);
      });
    }
  });

  it.each([
    [{ entities: ['member', 'member'] }, /listed twice/],
    [{ entities: ['member'], entityWeights: { jbo: 1 } }, /"jbo" is not one of the entities/],
    [{ entities: ['member'], trainOnHeldOutSupport: true }, /training tasks only/],
  ])('is refused with %j', (changes, message) => {
    expect(() => jointSpec(undefined, changes)).toThrow(message);
  });

  it('needs registered types and a plugin that makes such models', async () => {
    await expect(run(jointSpec(['member', 'jbo']))).rejects.toThrow(/"jbo".*job/s);
    await expect(run(jointSpec(['member'], { model: 'tiny', options: {} }))).rejects.toThrow(
      withCode('JOINT_UNSUPPORTED'),
    );
  });
});
