import { simulatorDataset } from '@limaml/data';
import { defineDataset, type DatasetPlugin, type InteractionLog } from '@limaml/plugin';
import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolders, testRegistry, testSpec, tinyEntry } from '../fixtures.test-support.js';
import type { ExperimentSpec } from '../spec/schema.js';
import { renderResults } from './results-table.js';
import type { ExperimentResults } from './results.js';
import {
  runExperiment,
  type ExperimentEvent,
  type RunExperimentOptions,
} from './run-experiment.js';
import { openRun } from './run-folder.js';
import { runFiles, runFolder } from './run-record.js';

const newFolder = temporaryFolders();

async function run(
  spec: ExperimentSpec,
  options: Partial<RunExperimentOptions> = {},
): Promise<{ results: ExperimentResults; out: string }> {
  const out = options.out ?? (await newFolder());
  const registry = testRegistry();
  try {
    return { results: await runExperiment(spec, registry, { ...options, out }), out };
  } finally {
    await registry.dispose();
  }
}

/** All that must not depend on when or how often a run was interrupted. */
function numbers({ models }: ExperimentResults): unknown {
  return models.map(({ metrics, cohorts, runs }) => ({
    metrics,
    cohorts,
    training: runs.map(({ training }) => training),
  }));
}

/** A signal that aborts when the nth step has been taken. */
function abortAfter(steps: number): Pick<RunExperimentOptions, 'signal' | 'onProgress'> {
  const controller = new AbortController();
  let taken = 0;
  return {
    signal: controller.signal,
    onProgress: (event) => {
      if (event.kind === 'training' && event.event.kind === 'step' && ++taken === steps) {
        controller.abort();
      }
    },
  };
}

const withCode = (code: string): unknown =>
  expect.objectContaining({ code: `LIMAML_ERR_EXPERIMENT_${code}` });
const checkpointOf = (out: string) => runFiles(runFolder(out, 'Tiny LiMAML', 1)).checkpoint;

describe('runExperiment', () => {
  it('trains, evaluates and records models and baselines of every seed', async () => {
    const spec = testSpec({
      models: [tinyEntry({ reportPrior: true })],
      baselines: ['global-mean', 'item-rate', 'item-user-bias', 'logistic-mf'],
      seeds: [1, 2],
      cohorts: [5, 20],
    });
    const { results, out } = await run(spec);
    expect(results.models.map(({ name }) => name)).toEqual([
      'Tiny LiMAML',
      'Tiny LiMAML, prior embedding',
      'global mean',
      'item rate',
      'item + user bias',
      'logistic MF',
    ]);
    expect(results.models[0]!.metrics.auc!.mean).toBeGreaterThan(0.5);
    expect(results.models[2]!.metrics.auc).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
    expect(results.models[0]!.cohorts.map(({ name }) => name)).toEqual(['<5', '5–19', '20–40']);
    expect(results.differences.map(({ against }) => against)).toEqual(
      results.models.slice(1).map(({ name }) => name),
    );
    const { auc } = results.differences[1]!.metrics;
    const [first, mean] = [results.models[0]!, results.models[2]!];
    expect(auc!.mean).toBeCloseTo(first.metrics.auc!.mean - mean.metrics.auc!.mean, 12);
    const written: unknown = JSON.parse(await readFile(join(out, 'results.json'), 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(results)));
    expect(renderResults(results)).toContain('Tiny LiMAML minus the others');
    expect(renderResults(results)).toMatch(
      /Time of training[^]*waiting for data[^]*Tiny LiMAML +\d/,
    );
  });

  it('gives the same numbers twice, and other numbers for another seed', async () => {
    const [once, twice, other] = [
      await run(testSpec()),
      await run(testSpec()),
      await run(testSpec({ seeds: [2] })),
    ];
    expect(numbers(twice.results)).toEqual(numbers(once.results));
    expect(numbers(other.results)).not.toEqual(numbers(once.results));
  });

  it('trains tables that programs see whole as well', async () => {
    const whole = testSpec({ models: [tinyEntry({ options: { feed: 'whole' } })] });
    const { results } = await run(whole);
    expect(results.models[0]!.metrics.auc!.mean).toBeGreaterThan(0.5);
  });

  it('tells what it does', async () => {
    const events: ExperimentEvent[] = [];
    await run(testSpec(), { onProgress: (event) => events.push(event) });
    expect(events.filter(({ kind }) => kind === 'job-finished').at(-1)).toMatchObject({
      finished: 2,
      total: 2,
      job: { kind: 'baseline', name: 'item-rate', seed: 1 },
    });
    const steps = events.flatMap((e) =>
      e.kind === 'training' && e.event.kind === 'step' ? [e.event] : [],
    );
    expect(steps[0]).toMatchObject({ epoch: 1, epochs: 3, step: 1 });
    expect(steps.every(({ computeShare }) => computeShare > 0 && computeShare <= 1)).toBe(true);
  });
});

describe('resume', () => {
  const uninterrupted = run(testSpec());

  it.each([1, 4, 6, 8, 14])(
    'after %i steps gives the numbers of an uninterrupted run',
    async (steps) => {
      const out = await newFolder();
      await expect(run(testSpec(), { out, ...abortAfter(steps) })).rejects.toThrow(
        withCode('INTERRUPTED'),
      );
      const resumed = await run(testSpec(), { out, existing: 'resume' });
      expect(numbers(resumed.results)).toEqual(numbers((await uninterrupted).results));
    },
  );

  it.each(['adagrad', 'row-adagrad'] as const)('moves tables with %s, too', async (tables) => {
    const { training } = tinyEntry();
    const optimiser = { ...training!.optimiser, tables };
    const spec = testSpec({ models: [tinyEntry({ training: { ...training, optimiser } })] });
    const out = await newFolder();
    await expect(run(spec, { out, ...abortAfter(9) })).rejects.toThrow(withCode('INTERRUPTED'));
    const resumed = await run(spec, { out, existing: 'resume' });
    const whole = await run(spec);
    expect(numbers(resumed.results)).toEqual(numbers(whole.results));
    expect(numbers(whole.results)).not.toEqual(numbers((await uninterrupted).results));
  });

  it('does not run again what is finished, not even with other metrics', async () => {
    const { out } = await run(testSpec());
    const events: ExperimentEvent[] = [];
    const onProgress = (event: ExperimentEvent) => events.push(event);
    await run(testSpec(), { out, existing: 'resume', onProgress });
    const other = await run(testSpec({ metrics: ['ece'] }), {
      out,
      existing: 'resume',
      onProgress,
    });
    expect(other.results.models[0]!.metrics.ece!.mean).toBeGreaterThan(0);
    expect(events.some(({ kind }) => kind === 'training')).toBe(false);
  });

  it('refuses a folder with runs unless told what to do with them', async () => {
    const { out } = await run(testSpec());
    await expect(run(testSpec(), { out })).rejects.toThrow(withCode('OUT_EXISTS'));
    await run(testSpec(), { out, existing: 'overwrite' });
  });

  it('refuses the checkpoint of another spec', async () => {
    const out = await newFolder();
    await expect(run(testSpec(), { out, ...abortAfter(2) })).rejects.toThrow();
    const other = testSpec({ models: [tinyEntry({ algorithm: { innerSteps: 1 } })] });
    await expect(run(other, { out, existing: 'resume' })).rejects.toThrow(
      withCode('CHECKPOINT_FOREIGN'),
    );
  });

  it.each([
    ['truncated', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['damaged', (bytes: Buffer) => bytes.fill(7, bytes.length - 9, bytes.length - 5)],
  ])('refuses a %s checkpoint', async (_, damage) => {
    const out = await newFolder();
    await expect(run(testSpec(), { out, ...abortAfter(2) })).rejects.toThrow();
    await writeFile(checkpointOf(out), damage(await readFile(checkpointOf(out))));
    await expect(run(testSpec(), { out, existing: 'resume' })).rejects.toThrow(
      withCode('CHECKPOINT_CORRUPT'),
    );
  });

  it('refuses damaged metrics', async () => {
    const { out } = await run(testSpec());
    await writeFile(runFiles(runFolder(out, 'item-rate', 1)).metrics, '{"format":1,');
    await expect(run(testSpec(), { out, existing: 'resume' })).rejects.toThrow(
      withCode('RECORD_CORRUPT'),
    );
  });
});

/** The marketplace of the tests, changed. */
function worn(change: (log: InteractionLog) => Partial<InteractionLog>): DatasetPlugin {
  const market = simulatorDataset({ members: 60, jobs: 30, impressionsPerMember: 30 });
  return defineDataset({
    name: 'worn',
    load: async (context) => {
      const log = await market.load(context);
      return { ...log, ...change(log) };
    },
  });
}

describe('parallel jobs', () => {
  const runSource = fileURLToPath(new URL('../../../../tools/run-source.mjs', import.meta.url));
  const script = fileURLToPath(new URL('worker.test-support.ts', import.meta.url));
  const spawnWorker = () =>
    fork(runSource, [script], {
      serialization: 'advanced',
      execArgv: ['--conditions=@limaml/source'],
    });
  const spec = testSpec({ seeds: [1, 2] });

  it('give the numbers of one job after the other', async () => {
    const [parallel, serial] = [await run(spec, { jobs: 2, spawnWorker }), await run(spec)];
    expect(numbers(parallel.results)).toEqual(numbers(serial.results));
  });

  it('go on where they were interrupted, with the same numbers', async () => {
    const out = await newFolder();
    await expect(run(spec, { out, jobs: 2, spawnWorker, ...abortAfter(9) })).rejects.toThrow(
      withCode('INTERRUPTED'),
    );
    const resumed = await run(spec, { out, jobs: 2, spawnWorker, existing: 'resume' });
    expect(numbers(resumed.results)).toEqual(numbers((await run(spec)).results));
  });
});

describe('data of poor quality', () => {
  it('has its malformed rows told with the results, with reason and place', async () => {
    const reasons = [
      { reason: 'label is not a number', count: 2, examples: ['clicks.csv:3', 'clicks.csv:9'] },
    ];
    const dataset = worn(() => ({ report: { rowsRead: 10, rowsKept: 8, malformed: reasons } }));
    const { results } = await run(testSpec({ dataset: 'worn', plugins: [dataset], models: [] }));
    expect(results.data).toMatchObject({ malformed: 2, malformedRows: reasons });
    expect(renderResults(results)).toContain(
      '2 malformed rows were left out: label is not a number: 2 (clicks.csv:3, clicks.csv:9)',
    );
  });

  it.each([0, 1])(
    'with labels of one class only, %i, has no AUC and finite losses',
    async (label) => {
      const dataset = worn(({ rows }) => ({ label: new Float32Array(rows).fill(label) }));
      const { results } = await run(testSpec({ dataset: 'worn', plugins: [dataset] }));
      for (const { metrics } of results.models) {
        expect(metrics).toMatchObject({ auc: null, gauc: null });
        expect(metrics.logLoss!.mean).toBeGreaterThanOrEqual(0);
        expect(metrics.logLoss!.mean).toBeLessThan(1);
      }
    },
  );
});

describe('when things go wrong', () => {
  const diverging = (learningRate: number) =>
    testSpec({ models: [tinyEntry({ training: { epochs: 5, optimiser: { learningRate } } })] });

  it('stops when the loss is not finite any more', async () => {
    await expect(run(diverging(1e30))).rejects.toThrow(withCode('TRAINING_DIVERGED'));
  });

  it('keeps the older checkpoint and leaves nothing behind when a file cannot be written', async () => {
    const out = await newFolder();
    const folder = runFolder(out, 'Tiny LiMAML', 1);
    await mkdir(join(checkpointOf(out), 'in-the-way'), { recursive: true });
    await expect(run(testSpec(), { out, existing: 'overwrite' })).rejects.toThrow(
      withCode('FILE_UNWRITABLE'),
    );
    expect(await readdir(folder)).toEqual(['checkpoint.safetensors']);
  });

  it('says so when there is nothing to test', async () => {
    const spec = testSpec({ split: { cut: '1990-01-01T00:00:00Z' } });
    await expect(run(spec)).rejects.toThrow(withCode('NO_EPISODES'));
  });

  it.each([
    ['dataset', { dataset: 'marketplac' }, /marketplace/],
    ['entity', { entity: 'membr' }, /member/],
    ['metric', { metrics: ['acu'] }, /auc/],
    ['model', { models: [{ name: 'x', model: 'tiney' }] }, /tiny/],
  ])('names an unknown %s before any work, with what was meant', async (_, change, meant) => {
    await expect(run(testSpec(change))).rejects.toThrow(meant);
  });

  it('needs a way to start workers for parallel jobs', async () => {
    await expect(run(testSpec(), { jobs: 2 })).rejects.toThrow(withCode('WORKERS_UNAVAILABLE'));
  });
});

describe('openRun', () => {
  it('gives back what was trained', async () => {
    const { out } = await run(testSpec());
    const opened = await openRun(runFolder(out, 'Tiny LiMAML', 1), testRegistry());
    expect(opened.plugin).toEqual({ name: 'tiny', options: {} });
    expect(opened.algorithm).toMatchObject({ innerSteps: 2, order: 'second' });
    expect(opened.algorithm.adapts('meta/kernel')).toBe(true);
    expect(opened.support).toEqual({ maxSize: 40 });
    expect(Object.keys(opened.params).sort()).toEqual([
      'global/rate',
      'meta/bias',
      'meta/kernel',
      'rate/meta/bias',
      'rate/meta/kernel',
      'table/item',
    ]);
    expect(opened.model.inputs).toHaveProperty('rows');
  });

  it('says so when there is no finished run, or a damaged one', async () => {
    const { out } = await run(testSpec());
    const folder = runFolder(out, 'Tiny LiMAML', 1);
    await expect(openRun(join(out, 'nothing'), testRegistry())).rejects.toThrow(
      withCode('RUN_MISSING'),
    );
    const other = runFiles(runFolder((await run(testSpec({ seeds: [2] }))).out, 'Tiny LiMAML', 2));
    await copyFile(other.values, runFiles(folder).values);
    await expect(openRun(folder, testRegistry())).rejects.toThrow(withCode('VALUES_FOREIGN'));
    await writeFile(runFiles(folder).values, 'no tensors');
    await expect(openRun(folder, testRegistry())).rejects.toThrow(withCode('CHECKPOINT_CORRUPT'));
    await writeFile(runFiles(folder).description, '{}');
    await expect(openRun(folder, testRegistry())).rejects.toThrow(withCode('RECORD_CORRUPT'));
  });
});
