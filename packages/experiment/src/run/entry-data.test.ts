import { describe, expect, it } from 'vitest';
import { temporaryFolders, testRegistry, testSpec, tinyEntry } from '../fixtures.test-support.js';
import { experimentRunner, withCode } from './experiment-runner.test-support.js';
import type { ExperimentResults } from './results.js';
import { openRun } from './run-folder.js';
import { runFolder } from './run-record.js';

const run = experimentRunner(temporaryFolders());

const training = { ...tinyEntry().training, epochs: 1 };
const cards = ({ models }: ExperimentResults) =>
  models.map(({ metrics, cohorts }) => ({ metrics, cohorts }));

describe('a support size of its own', () => {
  it('changes what a model adapts to, not what it is tested on', async () => {
    const entry = (name: string, changes: object) =>
      tinyEntry({ name, training, reportPrior: false, ...changes });
    const { results, out } = await run(
      testSpec({
        baselines: [],
        models: [
          entry('base', {}),
          entry('same', { support: { maxSize: 40 } }),
          entry('small', { support: { maxSize: 3 } }),
        ],
        cohorts: [8],
      }),
    );
    const [base, same, small] = cards(results);
    expect(same).toEqual(base);
    expect(small!.metrics).not.toEqual(base!.metrics);
    const sizes = (of: typeof base) => of!.cohorts.map(({ name, tasks }) => [name, tasks]);
    expect(sizes(small)).toEqual(sizes(base));
    const registry = testRegistry();
    const opened = await openRun(runFolder(out, 'small', 1), registry);
    expect(opened.support.maxSize).toBe(3);
    await registry.dispose();
  });
});

describe('meta features of its own', () => {
  it('reach the model, and the run that is opened again', async () => {
    const entry = tinyEntry({ training, metaFeatures: [] });
    const { out } = await run(testSpec({ baselines: [], models: [entry] }));
    const registry = testRegistry();
    const { schema } = await openRun(runFolder(out, entry.name, 1), registry);
    expect(schema.metaFeatures).toEqual([]);
    await registry.dispose();
  });

  it('must be among those of the entity', async () => {
    const entry = tinyEntry({ metaFeatures: ['entity.shoe_size'] });
    const wrong = run(testSpec({ models: [entry] }));
    await expect(wrong).rejects.toThrow(withCode('SPEC_INVALID'));
    await expect(wrong).rejects.toThrow(/shoe_size.*It has entity\./s);
  });
});
