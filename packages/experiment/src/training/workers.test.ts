import { createOrtExecutor } from '@limaml/backend-ort';
import { defineExecutor } from '@limaml/plugin';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { temporaryFolders, testRegistry, testSpec, tinyEntry } from '../fixtures.test-support.js';
import type { ExperimentResults } from '../run/results.js';
import { runExperiment, type RunExperimentOptions } from '../run/run-experiment.js';
import { openRun } from '../run/run-folder.js';
import { runFolder } from '../run/run-record.js';

const newFolder = temporaryFolders();
const TASKS_PER_BATCH = 16;

/** The tiny model, with dropout and a table, trained with so many worker threads. */
function specWith(workers: number) {
  const { training } = tinyEntry();
  const entry = tinyEntry({ training: { ...training, tasksPerBatch: TASKS_PER_BATCH, workers } });
  return testSpec({ models: [entry], baselines: [] });
}

async function train(
  workers: number,
  options: Partial<RunExperimentOptions> = {},
): Promise<{ results: ExperimentResults; values: Record<string, readonly number[]> }> {
  const out = options.out ?? (await newFolder());
  const registry = testRegistry();
  try {
    const results = await runExperiment(specWith(workers), registry, { ...options, out });
    const { params } = await openRun(runFolder(out, 'Tiny LiMAML', 1), registry);
    const values = Object.entries(params).map(([name, { data }]) => [name, [...data]] as const);
    return { results, values: Object.fromEntries(values) };
  } finally {
    await registry.dispose();
  }
}

/** Largest difference, relative to the largest value of the tensor. */
function gap(a: readonly number[], b: readonly number[]): number {
  const scale = Math.max(...b.map(Math.abs));
  return Math.max(...a.map((value, at) => Math.abs(value - b[at]!))) / scale;
}

describe('training with worker threads', () => {
  it('gives the weights of one thread, up to the order of sums', async () => {
    const alone = await train(1);
    for (const workers of [2, 3]) {
      const shared = await train(workers);
      for (const [name, values] of Object.entries(shared.values)) {
        expect(gap(values, alone.values[name]!), `${name}, ${workers} workers`).toBeLessThan(1e-3);
      }
    }
  });

  it('gives the same bits every time', async () => {
    const [first, second] = [await train(3), await train(3)];
    expect(second.values).toEqual(first.values);
    expect(second.results.models[0]!.metrics).toEqual(first.results.models[0]!.metrics);
  });

  it.each([1, 2])('tells where the time went, with %s workers', async (workers) => {
    const { results } = await train(workers);
    const { timings, seconds, training } = results.models[0]!.runs[0]!;
    expect(timings!.compiled).toBeGreaterThan(0);
    expect(timings!.compiled).toBeLessThanOrEqual(3);
    const steps = timings!.compiled + timings!.hits;
    expect(steps % training!.history.length).toBe(0);
    const { compute, data, optimiser, compile } = timings!;
    expect(Math.min(compute, optimiser, compile, data)).toBeGreaterThan(0);
    expect(compute + data + optimiser + compile).toBeLessThanOrEqual(seconds);
  });

  it('counts steps that were compiled before, and trains with the same bits', async () => {
    const executorOptions = { cache: await newFolder() };
    const [first, second] = [
      await train(2, { executorOptions }),
      await train(2, { executorOptions }),
    ];
    const [before, after] = [first, second].map(
      ({ results }) => results.models[0]!.runs[0]!.timings!,
    );
    expect(before!.cached).toBe(0);
    expect(after!.cached).toBe(after!.compiled);
    expect(second.values).toEqual(first.values);
    expect(second.values).toEqual((await train(2)).values);
  });

  it('refuses an executor without worker threads', async () => {
    const registry = testRegistry().use(
      defineExecutor({ name: 'single', create: () => createOrtExecutor() }),
    );
    const out = await newFolder();
    await expect(
      runExperiment(specWith(2), registry, { out, executor: 'single' }),
    ).rejects.toMatchObject({ code: 'LIMAML_ERR_EXPERIMENT_WORKERS_UNSUPPORTED' });
    await registry.dispose();
  });
});

describe('a worker thread that crashes', () => {
  it('fails training with its cause; resuming gives the numbers of a run without the crash', async () => {
    const out = await newFolder();
    const threads: Worker[] = [];
    const watch = (thread: Worker): void => {
      threads.push(thread);
    };
    process.on('worker', watch);
    let steps = 0;
    const failed = train(2, {
      out,
      onProgress: (event) => {
        // A message that the thread does not understand is an exception that it does not catch.
        if (event.kind === 'training' && event.event.kind === 'step' && ++steps === 9) {
          threads[1]!.postMessage(null);
        }
      },
    });
    await expect(failed).rejects.toMatchObject({
      code: 'LIMAML_ERR_ORT_WORKER_DIED',
      cause: expect.any(TypeError) as unknown,
    });
    process.off('worker', watch);
    let resumedSteps = 0;
    const resumed = await train(2, {
      out,
      existing: 'resume',
      onProgress: (event) => {
        if (event.kind === 'training' && event.event.kind === 'step') resumedSteps++;
      },
    });
    const whole = await train(2);
    expect(resumed.values).toEqual(whole.values);
    const { timings } = whole.results.models[0]!.runs[0]!;
    expect(steps + resumedSteps).toBe(timings!.compiled + timings!.hits);
  });
});
