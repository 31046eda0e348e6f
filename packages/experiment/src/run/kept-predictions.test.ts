import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders, testSpec, tinyEntry } from '../fixtures.test-support.js';
import { predictionsOf, readPredictions } from '../evaluation/predictions-file.js';
import { auc, gauc } from '../metrics/index.js';
import { experimentRunner } from './experiment-runner.test-support.js';
import type { ExperimentResults } from './results.js';
import { runFiles, runFolder } from './run-record.js';

const run = experimentRunner(temporaryFolders());

let done: { readonly results: ExperimentResults; readonly out: string };
beforeAll(async () => {
  done = await run(
    testSpec({
      models: [tinyEntry({ reportPrior: true })],
      baselines: ['global-mean', 'item-rate', 'item-user-bias'],
      split: { supportSizes: [0, 4], newCandidates: { share: 0.2 } },
      cohorts: {
        support: [10],
        recency: [2],
        features: ['location', 'skills', 'experience'],
        known: true,
      },
      seeds: [1, 2],
    }),
  );
});

const filesOf = (name: string, seed: number) => runFiles(runFolder(done.out, name, seed));

describe('kept predictions', () => {
  it('give the metrics of the results again, on every test set, without training', async () => {
    const [model, prior] = done.results.models;
    const rows = (await readPredictions(filesOf('Tiny LiMAML', 2).predictions))!;
    const value = (record: string, set: string): number | undefined =>
      auc().evaluate(predictionsOf(rows, record, set, 2));
    expect(value('Tiny LiMAML', 'test')).toBe(model!.runs[1]!.metrics.auc);
    expect(value('Tiny LiMAML, prior embedding', 'test')).toBe(prior!.runs[1]!.metrics.auc);
    for (const { name, metrics } of model!.runs[1]!.tests!) {
      expect(value('Tiny LiMAML', name)).toBe(metrics.auc);
    }
    expect(model!.tests.map(({ name }) => name)).toEqual([
      'new candidates',
      'support 0',
      'support 4',
    ]);
  });

  it('say of every row where it is from', async () => {
    const [row] = (await readPredictions(filesOf('item-rate', 1).predictions))!;
    expect(row).toMatchObject({ record: 'item rate', set: 'test', episode: 0 });
    expect(row!.task).toMatch(/^member-\d+$/);
    expect(row!.truth).toBeGreaterThan(0);
  });

  it('lie beside the metrics of every task', async () => {
    const file = await asyncBufferFromFile(filesOf('Tiny LiMAML', 1).tasks);
    const tasks = (await parquetReadObjects({ file })).filter(
      ({ record, set }) => record === 'Tiny LiMAML' && set === 'test',
    );
    let [weighted, rows] = [0, 0];
    for (const task of tasks.filter((one) => one.auc !== null)) {
      weighted += (task.auc as number) * (task.rows as number);
      rows += task.rows as number;
    }
    expect(weighted / rows).toBeCloseTo(done.results.models[0]!.runs[0]!.metrics[gauc().name]!, 6);
  });

  it('are those of stored embeddings, too', () => {
    for (const { parity } of done.results.models[0]!.runs) {
      expect(parity!.rows).toBeGreaterThan(100);
      expect(parity!.embeddingDim).toBe(4);
      expect(parity!.maxDifference).toBeLessThan(1e-4);
    }
  });

  it('say how sure differences are', () => {
    const [prior, mean] = done.results.differences;
    const { low, high, p, adjusted } = mean!.bootstrap!.auc!;
    expect(low).toBeLessThan(mean!.metrics.auc!.mean);
    expect(high).toBeGreaterThan(mean!.metrics.auc!.mean);
    expect(p < 0.05).toBe(low > 0 || high < 0);
    expect(adjusted).toBeGreaterThanOrEqual(p);
    expect(prior!.bootstrap!.auc!.mean).toBeCloseTo(prior!.metrics.auc!.mean, 12);
  });

  it('are divided into every cohort that was asked for, each task once', () => {
    const { cohorts, runs } = done.results.models[0]!;
    const divisions = new Set(cohorts.map(({ by }) => by));
    expect([...divisions]).toEqual([
      'support',
      'recency',
      'known',
      'location',
      'skills',
      'experience',
    ]);
    const tasks = (by: string): number =>
      runs[0]!.cohorts.filter((one) => one.by === by).reduce((sum, one) => sum + one.tasks, 0);
    for (const by of divisions) expect(tasks(by)).toBe(tasks('support'));
  });
});
