import { simulatorDataset } from '@limaml/data';
import { defineDataset, type DatasetPlugin, type InteractionLog } from '@limaml/plugin';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolders, testSpec, tinyEntry } from '../fixtures.test-support.js';
import {
  abortAfter,
  checkpointOf,
  experimentRunner,
  numbers,
  withCode,
} from './experiment-runner.test-support.js';
import { createReport, reportAsText } from '../report/report.js';
import type { ExperimentEvent } from './run-experiment.js';
import { runFolder } from './run-record.js';

const newFolder = temporaryFolders();
const run = experimentRunner(newFolder);

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
    const report = reportAsText(await createReport(results));
    expect(report).toContain('Tiny LiMAML minus the others');
    expect(report).toMatch(/Time of training[^]*waiting for data[^]*Tiny LiMAML +\d/);
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
    expect(reportAsText(await createReport(results))).toContain(
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
