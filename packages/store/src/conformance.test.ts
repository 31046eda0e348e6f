import { expect, it } from 'vitest';
import { testStore } from '@limaml/plugin/testing';
import { temporaryFolders } from './folders.test-support.js';
import { lmdbStore, memoryStore } from './index.js';

const pathOf = temporaryFolders();

it('memoryStore passes the conformance suite', async () => {
  const plugin = memoryStore();
  const report = await testStore('memory', (location, options) => plugin.open(location, options));
  expect(report.checks.length).toBeGreaterThanOrEqual(22);
});

it('lmdbStore passes the conformance suite', async () => {
  const plugin = lmdbStore();
  const report = await testStore('lmdb', (location, options) =>
    plugin.open(pathOf(location), options),
  );
  expect(report.checks.length).toBeGreaterThanOrEqual(22);
});
