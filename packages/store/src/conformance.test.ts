import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { testStore } from '@limaml/plugin/testing';
import { lmdbStore, memoryStore } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'limaml-store-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('memoryStore passes the conformance suite', async () => {
  const plugin = memoryStore();
  const report = await testStore('memory', (location) => plugin.open(location));
  expect(report.checks.length).toBeGreaterThanOrEqual(21);
});

it('lmdbStore passes the conformance suite', async () => {
  const plugin = lmdbStore();
  const report = await testStore('lmdb', (location) => plugin.open(join(folder, location)));
  expect(report.checks.length).toBeGreaterThanOrEqual(21);
});
