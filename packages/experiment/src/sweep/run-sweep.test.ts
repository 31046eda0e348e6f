import { fork, type ChildProcess } from 'node:child_process';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderText } from '../report/render-text.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders, testRegistry, testSpec, tinyEntry } from '../fixtures.test-support.js';
import { withCode } from '../run/experiment-runner.test-support.js';
import { choice, logUniform } from './distributions.js';
import { defineSweep } from './define-sweep.js';
import { runSweep, type RunSweepOptions, type SweepEvent } from './run-sweep.js';
import type { SweepOptions, SweepSpec } from './schema.js';
import { sweepReport, type SweepResults } from './sweep-results.js';

const newFolder = temporaryFolders();

const sweepOf = (changes: Partial<SweepOptions> = {}): SweepSpec =>
  defineSweep({
    experiment: testSpec({
      models: [tinyEntry({ training: { epochs: 4, tasksPerBatch: 32 } })],
      metrics: ['auc'],
    }),
    space: {
      'training.optimiser.learningRate': logUniform(1e-3, 1e-1),
      'algorithm.innerSteps': choice([1, 2]),
    },
    trials: 4,
    asha: { minEpochs: 1, reduction: 2 },
    ...changes,
  });

async function sweepIn(
  out: string,
  sweep: SweepSpec,
  options: Partial<RunSweepOptions> = {},
): Promise<SweepResults> {
  const registry = testRegistry();
  try {
    return await runSweep(sweep, registry, { ...options, out });
  } finally {
    await registry.dispose();
  }
}

/** All that must not depend on when or how often a sweep was stopped. */
const numbers = ({ trials, best, test }: SweepResults) => ({
  trials: trials.map((trial) => ({ ...trial, seconds: 0 })),
  best,
  test,
});

/** A signal that aborts at the nth event of a kind. */
function abortAt(n: number, fits: (event: SweepEvent) => boolean): Partial<RunSweepOptions> {
  const controller = new AbortController();
  let seen = 0;
  return {
    signal: controller.signal,
    onProgress: (event) => {
      if (fits(event) && ++seen === n) controller.abort();
    },
  };
}
const isStep = (event: SweepEvent): boolean =>
  event.kind === 'trials' && event.event.kind === 'training' && event.event.event.kind === 'step';
const isWinnerStep = (event: SweepEvent): boolean =>
  event.kind === 'winner' && event.event.kind === 'training' && event.event.event.kind === 'step';

const small = sweepOf({ trials: 2 });

describe('random search', () => {
  it('picks the best on validation tasks, and tests it alone, with every seed', async () => {
    const out = await newFolder();
    const experiment = { ...sweepOf().experiment, seeds: [1, 2] };
    const results = await sweepIn(out, sweepOf({ experiment }));
    const { trials, best, test, objective } = results;
    expect(objective).toEqual({ metric: 'auc', better: 'higher', tasks: 'validation', seed: 1 });
    expect(trials.map(({ epochs }) => epochs)).toEqual([4, 4, 4, 4]);
    expect(best.value).toBe(Math.max(...trials.map(({ value }) => value!)));
    expect(trials[best.trial - 1]!.value).toBe(best.value);
    expect(best.entry.name).toBe('Tiny LiMAML');
    expect(test.runs.map(({ seed, unseen }) => [seed, unseen])).toEqual([
      [1, true],
      [2, false],
    ]);
    expect(JSON.parse(await readFile(join(out, 'sweep.json'), 'utf8'))).toEqual(results);
    // A trial leaves a checkpoint and nothing that was made from test tasks.
    expect(await readdir(join(out, 'runs/trial-1/seed-1'))).toEqual(['checkpoint.safetensors']);
  });

  it('tells how far it is and what is best so far', async () => {
    const told: number[] = [];
    const onProgress = (event: SweepEvent): void => {
      if (event.kind !== 'trial-trained') return;
      told.push(event.share);
      expect(event.best!.value).toBeGreaterThanOrEqual(event.trained.value!);
    };
    await sweepIn(await newFolder(), small, { onProgress });
    expect(told).toEqual([0.5, 1]);
  });

  it('is the same twice', async () => {
    const twice = [
      await sweepIn(await newFolder(), small),
      await sweepIn(await newFolder(), small),
    ];
    expect(numbers(twice[1]!)).toEqual(numbers(twice[0]!));
  });

  it('does not end with a setting that diverges', async () => {
    const { trials, best } = await sweepIn(
      await newFolder(),
      sweepOf({ space: { 'training.optimiser.learningRate': choice([1e-2, 1e30]) }, trials: 2 }),
    );
    const [failed] = trials.filter(({ value }) => value === null);
    expect(failed).toMatchObject({ failure: 'LIMAML_ERR_EXPERIMENT_TRAINING_DIVERGED' });
    expect(trials[best.trial - 1]!.values).toEqual({ 'training.optimiser.learningRate': 0.01 });
  });

  it('says so where every setting diverges', async () => {
    const space = { 'training.optimiser.learningRate': choice([1e29, 1e30]) };
    await expect(sweepIn(await newFolder(), sweepOf({ space, trials: 2 }))).rejects.toThrow(
      withCode('SWEEP_FRUITLESS'),
    );
  });
});

describe('successive halving', () => {
  const sweep = sweepOf({ search: 'asha', trials: 8 });
  let uninterrupted: SweepResults;

  beforeAll(async () => {
    uninterrupted = await sweepIn(await newFolder(), sweep);
  }, 60_000);

  it('trains few trials to the end, each as if it had not paused', async () => {
    const { trials, best } = uninterrupted;
    const epochs = trials.map((trial) => trial.epochs).sort();
    expect(epochs).toEqual([1, 1, 1, 1, 2, 2, 4, 4]);
    const whole = await sweepIn(await newFolder(), sweepOf({ trials: 8 }));
    for (const { trial, value } of trials.filter((each) => each.epochs === 4)) {
      expect(value).toBe(whole.trials[trial - 1]!.value);
    }
    expect(best.value).toBeLessThanOrEqual(whole.best.value);
  });

  it.each([
    ['in a trial', 3, isStep],
    ['in a later trial', 21, isStep],
    ['in the test of the winner', 3, isWinnerStep],
  ])('stopped %s goes on to the same winner', async (_, n, fits) => {
    const out = await newFolder();
    await expect(sweepIn(out, sweep, abortAt(n, fits))).rejects.toThrow(withCode('INTERRUPTED'));
    await expect(sweepIn(out, sweep)).rejects.toThrow(withCode('OUT_EXISTS'));
    const resumed = await sweepIn(out, sweep, { existing: 'resume' });
    expect(numbers(resumed)).toEqual(numbers(uninterrupted));
  });

  it('drops a line that a killed process did not finish', async () => {
    const out = await newFolder();
    await expect(sweepIn(out, sweep, abortAt(9, isStep))).rejects.toThrow();
    await appendFile(join(out, 'trials.jsonl'), '{"trial":9,"ru');
    const resumed = await sweepIn(out, sweep, { existing: 'resume' });
    expect(numbers(resumed)).toEqual(numbers(uninterrupted));
  });

  it('does not go on with another sweep, but replaces it when told so', async () => {
    const out = await newFolder();
    await sweepIn(out, small);
    const resume = sweepIn(out, sweep, { existing: 'resume' });
    await expect(resume).rejects.toThrow(withCode('SWEEP_FOREIGN'));
    const replaced = await sweepIn(out, sweep, { existing: 'overwrite' });
    expect(replaced.trials).toHaveLength(8);
  });
});

describe('a sweep in several processes', () => {
  const runSource = fileURLToPath(new URL('../../../../tools/run-source.mjs', import.meta.url));
  const script = fileURLToPath(new URL('sweep-worker.test-support.ts', import.meta.url));
  const spawnWorker = (out: string): ChildProcess =>
    fork(runSource, [script], {
      env: { ...process.env, LIMAML_TEST_OUT: out },
      serialization: 'advanced',
      execArgv: ['--conditions=@limaml/source'],
    });

  it('finds what one process finds', async () => {
    const parallel = await sweepIn(await newFolder(), small, { jobs: 2, spawnWorker });
    expect(numbers(parallel)).toEqual(numbers(await sweepIn(await newFolder(), small)));
  }, 120_000);
});

it('the report shows trials, what won, and its test', async () => {
  const experiment = { ...small.experiment, seeds: [1, 2] };
  const results = await sweepIn(await newFolder(), defineSweep({ ...small, experiment }));
  const text = renderText(sweepReport(results));
  expect(text).toMatch(/2 trials, by auc of the validation tasks/);
  expect(text).toContain(
    `Best is trial ${results.best.trial}, auc ${results.best.value.toFixed(4)}`,
  );
  expect(text).toContain('"name": "Tiny LiMAML"');
  expect(text).toMatch(/seed 1, that of the search +0\.\d{4}\nseed 2 +0\.\d{4}\nmean/);
});
