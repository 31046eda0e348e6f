import { expect, it } from 'vitest';
import { testStorePlugin } from '@limaml/plugin/testing';
import { temporaryFolders } from './folders.test-support.js';
import { lmdbStore, memoryStore } from './index.js';

const pathOf = temporaryFolders();

it('memoryStore passes the conformance suite', async () => {
  const report = await testStorePlugin(memoryStore());
  expect(report.checks.length).toBeGreaterThanOrEqual(24);
});

it('lmdbStore passes the conformance suite', async () => {
  const report = await testStorePlugin(lmdbStore(), { locate: pathOf });
  expect(report.checks.length).toBeGreaterThanOrEqual(24);
});
