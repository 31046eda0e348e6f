import { expect, it } from 'vitest';
import { temporaryFolders, testSpec } from '../fixtures.test-support.js';
import { experimentRunner, withCode } from '../run/experiment-runner.test-support.js';
import { truth } from './truth.js';

const run = experimentRunner(temporaryFolders());

it('is above every other baseline on simulated data', async () => {
  const { results } = await run(
    testSpec({ models: [], baselines: ['truth', 'item-rate', 'item-user-bias'] }),
  );
  const [first, ...others] = results.models.map(({ metrics }) => metrics.auc!.mean);
  expect(Math.max(...others)).toBeLessThan(first!);
});

it('needs data that are simulated', () => {
  const training = {
    ...{ candidates: 1, candidate: new Int32Array(), label: new Float32Array() },
    offsets: new Int32Array(1),
  };
  const input = {
    ...{ training, observed: training, labels: 'clicks' as const },
    ...{ train: new Int32Array(), validation: [], seed: 1 },
  };
  expect(() => truth().fit(input)).toThrow(withCode('TRUTH_UNKNOWN'));
});
