import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders, testRegistry, testSpec } from '../fixtures.test-support.js';
import { experimentRunner, withCode } from './experiment-runner.test-support.js';
import { openRun } from './run-folder.js';
import { runFiles, runFolder } from './run-record.js';

const run = experimentRunner(temporaryFolders());

describe('openRun', () => {
  it('gives back what was trained', async () => {
    const { out } = await run(testSpec());
    const opened = await openRun(runFolder(out, 'Tiny LiMAML', 1), testRegistry());
    expect(opened.plugin).toEqual({ name: 'tiny', options: {} });
    expect(opened.algorithm).toMatchObject({ innerSteps: 2, order: 'second' });
    expect(opened.algorithm.adapts).toBe('all');
    expect(opened.description.algorithm).toMatchObject({
      ...{ name: 'maml', metaGradient: 'unrolled', proximal: 0, hooks: [] },
      adapts: ['meta/kernel', 'meta/bias'],
    });
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

  it('opens runs from before algorithms were described', async () => {
    const { out } = await run(testSpec());
    const { description } = runFiles(runFolder(out, 'Tiny LiMAML', 1));
    const written = JSON.parse(await readFile(description, 'utf8')) as Record<string, unknown>;
    const entry = written.entry as Record<string, unknown>;
    const options = {
      ...{ innerSteps: 2, innerLearningRate: { initial: 0.5, per: 'element' }, order: 'second' },
      ...{ loss: 'binary-cross-entropy', supportShrinkage: 0, adapts: ['meta/'] },
    };
    const { algorithm, ...older }: Record<string, unknown> = {
      ...written,
      entry: { ...entry, algorithm: options },
    };
    expect(algorithm).toBeDefined();
    await writeFile(description, JSON.stringify(older));
    const opened = await openRun(runFolder(out, 'Tiny LiMAML', 1), testRegistry());
    expect(opened.algorithm).toMatchObject(options);
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
