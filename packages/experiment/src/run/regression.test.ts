import { simulatorDataset } from '@limaml/data';
import { limamlModel } from '@limaml/models';
import { defineDataset, type DatasetPlugin } from '@limaml/plugin';
import { expect, it } from 'vitest';
import { temporaryFolders, testRegistry, testSpec } from '../fixtures.test-support.js';
import { runExperiment } from './run-experiment.js';

/** Clicks as ratings: 2 and 4, with the log's own seconds of looking as an outcome. */
function ratedMarketplace(): DatasetPlugin {
  const clicks = simulatorDataset({
    members: 150,
    jobs: 40,
    companies: 8,
    impressionsPerMember: 30,
  });
  return defineDataset({
    name: 'rated-marketplace',
    async load(context) {
      const log = await clicks.load(context);
      return { ...log, name: 'rated-marketplace', label: log.label.map((one) => 2 + 2 * one) };
    },
  });
}

const temporaryFolder = temporaryFolders();
const loss = 'squared-error' as const;

it('trains on ratings as they are: predictions start at their mean', async () => {
  const spec = testSpec({
    dataset: 'rated-marketplace',
    plugins: [ratedMarketplace(), limamlModel()],
    models: [
      {
        name: 'LiMAML',
        model: 'limaml',
        options: { tower: [] },
        algorithm: {
          ...{ loss, innerSteps: 1, adapts: ['meta/offset'] },
          innerLearningRate: { initial: 0.05, per: 'parameter' },
        },
        training: { epochs: 3, tasksPerBatch: 16, clipNorm: 1, monitor: 'rmse' },
      },
    ],
    baselines: ['global-mean', 'item-user-bias', 'logistic-mf'],
    encoders: { newCandidates: true, factors: { dim: 2 } },
    split: { newCandidates: { share: 0.3 }, testTrained: true, rows: { min: 5 } },
    metrics: ['mae', 'rmse', 'ndcg-linear@3'],
  });
  const registry = testRegistry();
  try {
    const out = await temporaryFolder();
    const { models } = await runExperiment(spec, registry, { out });
    expect(models.map(({ name }) => name)).toContain('matrix factorisation');
    const rmse = (name: string): number =>
      models.find((model) => model.name === name)!.metrics.rmse!.mean;
    expect(rmse('global mean')).toBeLessThan(1.05);
    // From 0 on, three epochs would not come near.
    expect(rmse('LiMAML')).toBeLessThan(rmse('global mean') + 0.05);
    expect(models[0]!.tests.every(({ metrics }) => metrics.rmse!.mean < 1.1)).toBe(true);
  } finally {
    await registry.dispose();
  }
});
