import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { temporaryFolders, testSpec, tinyEntry } from '../fixtures.test-support.js';
import {
  abortAfter,
  checkpointOf,
  experimentRunner,
  numbers,
  withCode,
} from './experiment-runner.test-support.js';
import type { ExperimentEvent } from './run-experiment.js';
import { runFiles, runFolder } from './run-record.js';

const newFolder = temporaryFolders();
const run = experimentRunner(newFolder);

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
