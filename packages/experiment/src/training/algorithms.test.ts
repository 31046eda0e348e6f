import { describe, expect, it } from 'vitest';
import { algorithmPlugins } from '../algorithm-plugins.js';
import { temporaryFolders, testRegistry, testSpec, tinyEntry } from '../fixtures.test-support.js';
import { abortAfter, experimentRunner, withCode } from '../run/experiment-runner.test-support.js';
import { numbers } from '../run/experiment-runner.test-support.js';
import { openRun } from '../run/run-folder.js';
import { runFolder } from '../run/run-record.js';
import type { ExperimentSpec } from '../spec/schema.js';

const newFolder = temporaryFolders();
const run = experimentRunner(newFolder);

type Changes = Parameters<typeof tinyEntry>[0];

/** The tiny model with one algorithm, and nothing beside it. */
function specWith(
  algorithm: NonNullable<Changes>['algorithm'],
  changes: Changes = {},
): ExperimentSpec {
  return testSpec({ models: [tinyEntry({ ...changes, algorithm })], baselines: [] });
}

const PHASED = {
  preset: 'maml-plus-plus',
  innerSteps: 2,
  innerDropout: true,
  stepLoss: { anneal: 2 },
  firstOrderEpochs: 1,
} as const;

describe('algorithms of a spec', () => {
  it.each(algorithmPlugins().map(({ name }) => name))(
    'train with every preset: %s',
    async (preset) => {
      const adapts = preset === 'meta-emb' ? { adapts: ['meta/bias'] } : {};
      const { results } = await run(specWith({ preset, ...adapts }));
      const [model] = results.models;
      expect(model!.metrics.auc!.mean).toBeGreaterThan(0.5);
      const { history } = model!.runs[0]!.training!;
      expect(history.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    },
  );

  it('are those of the preset but for what is given', async () => {
    const { out } = await run(
      specWith({ preset: 'imaml', innerSteps: 2, taskWeighting: 'uniform' }),
    );
    const { algorithm } = await openRun(runFolder(out, 'Tiny LiMAML', 1), testRegistry());
    expect(algorithm).toMatchObject({
      ...{ name: 'imaml', metaGradient: 'implicit', proximal: 1 },
      ...{ innerSteps: 2, taskWeighting: 'uniform' },
    });
  });

  it('are refused before any work is done, with the reason', async () => {
    const conflict = specWith({ preset: 'reptile', innerLearningRate: { initial: 0.1 } });
    await expect(run(conflict)).rejects.toMatchObject({
      code: 'LIMAML_ERR_CORE_ALGORITHM_CONFLICT',
    });
    await expect(run(specWith({ preset: 'mmal' }))).rejects.toMatchObject({
      code: 'LIMAML_ERR_PLUGIN_UNKNOWN',
    });
  });
});

describe('what changes by epoch', () => {
  it('goes on after an interruption as if there had been none', async () => {
    const whole = await run(specWith(PHASED));
    const { timings } = whole.results.models[0]!.runs[0]!;
    const perEpoch = (timings!.compiled + timings!.hits) / 3;
    for (const steps of [1, perEpoch, perEpoch + 1, 2 * perEpoch, 2 * perEpoch + 2]) {
      const out = await newFolder();
      await expect(run(specWith(PHASED), { out, ...abortAfter(steps) })).rejects.toThrow(
        withCode('INTERRUPTED'),
      );
      const resumed = await run(specWith(PHASED), { out, existing: 'resume' });
      expect(numbers(resumed.results)).toEqual(numbers(whole.results));
    }
  });

  it('compiles a program for each phase, and not for each epoch', async () => {
    const { results } = await run(specWith({ preset: 'maml-plus-plus', stepLoss: { anneal: 3 } }));
    const one = await run(
      specWith({ preset: 'maml-plus-plus', firstOrderEpochs: 0, stepLoss: { anneal: 3 } }),
    );
    const compiled = [results, one.results].map(
      ({ models }) => models[0]!.runs[0]!.timings!.compiled,
    );
    expect(compiled[0]).toBeLessThanOrEqual(2 * compiled[1]!);
    expect(compiled[1]).toBeLessThanOrEqual(3);
  });
});

describe('shares of worker threads', () => {
  it.each([
    ['uniform tasks, dropout and annealing', { ...PHASED, taskWeighting: 'uniform' }],
    ['Reptile', { preset: 'reptile', taskWeighting: 'uniform' }],
    ['iMAML', { preset: 'imaml' }],
  ] as const)('give the weights of one thread: %s', async (_, algorithm) => {
    const valuesOf = async (workers: number) => {
      const { training } = tinyEntry();
      const spec = specWith(algorithm, { training: { ...training, workers } });
      const { out } = await run(spec);
      return (await openRun(runFolder(out, 'Tiny LiMAML', 1), testRegistry())).params;
    };
    const [alone, shared] = [await valuesOf(1), await valuesOf(2)];
    for (const [name, { data }] of Object.entries(alone)) {
      const scale = Math.max(1e-3, ...data.map(Math.abs));
      const off = data.map((value, at) => Math.abs(value - shared[name]!.data[at]!) / scale);
      expect(Math.max(...off), name).toBeLessThan(1e-3);
    }
  });
});

describe('targets of a model', () => {
  it('are trained on beside the label', async () => {
    const withTarget = (weight: number) =>
      run(specWith({ innerSteps: 1 }, { options: { targetWeight: weight } }));
    const [none, some] = [await withTarget(0.001), await withTarget(1)];
    const lossOf = ({ results }: typeof none): number =>
      results.models[0]!.runs[0]!.training!.history[0]!.loss;
    expect(lossOf(some)).toBeGreaterThan(lossOf(none) + 0.1);
  });
});

describe('schedules', () => {
  it.each([
    { kind: 'constant', warmup: 4 },
    { kind: 'linear', floor: 0.1 },
    { kind: 'exponential' },
    { kind: 'step', every: 1, factor: 0.5 },
  ] as const)('train: $kind', async (schedule) => {
    const { training } = tinyEntry();
    const { results } = await run(
      specWith({ innerSteps: 1 }, { training: { ...training, schedule } }),
    );
    expect(results.models[0]!.metrics.auc!.mean).toBeGreaterThan(0.5);
  });
});
