import {
  testAlgorithmPlugin,
  testDatasetPlugin,
  testExecutorPlugin,
  testMetricPlugin,
  testReportSection,
  testStorePlugin,
} from '@limaml/plugin/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { marketplaceDataset } from './datasets.js';
import { createAppRegistry } from './registry.js';
import { runCli } from './run-cli.test-support.js';

/** Sections that have nothing for the results of the suite; @limaml/experiment tests them on others. */
const ON_OTHER_RESULTS = new Set(['malformed-rows', 'freshness', 'online', 'ablation']);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limaml-conformance-'));
});

afterAll(() => rm(folder, { recursive: true }));

it('what is built in conforms, as it is registered', { timeout: 120_000 }, async () => {
  const registry = await createAppRegistry(folder);
  const locate = (name: string): string => join(folder, name);
  for (const store of registry.list('store')) {
    // Its locations are addresses of servers; @limaml/store tests it on one.
    if (store.name !== 'redis') await testStorePlugin(store, { locate });
  }
  for (const executor of registry.list('executor')) await testExecutorPlugin(executor);
  for (const algorithm of registry.list('algorithm')) await testAlgorithmPlugin(algorithm);
  for (const metric of registry.list('metric')) await testMetricPlugin(metric);
  for (const section of registry.list('report')) {
    if (!ON_OTHER_RESULTS.has(section.name)) await testReportSection(section);
  }
  await registry.dispose();
});

it('the marketplace that simulate writes conforms', async () => {
  const market = join(folder, 'market');
  const sizes = ['--members', '30', '--jobs', '15'];
  const simulated = await runCli(['simulate', '--out', market, ...sizes]);
  expect(simulated.code).toBe(0);
  await testDatasetPlugin(marketplaceDataset(), { entity: 'member', path: market });
});
