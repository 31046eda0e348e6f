import { expect } from 'vitest';
import { testRegistry } from '../fixtures.test-support.js';
import type { ExperimentSpec } from '../spec/schema.js';
import type { ExperimentResults } from './results.js';
import { runExperiment, type RunExperimentOptions } from './run-experiment.js';
import { runFiles, runFolder } from './run-record.js';

/** What {@link experimentRunner} makes. */
type RunExperiment = (
  spec: ExperimentSpec,
  options?: Partial<RunExperimentOptions>,
) => Promise<{ readonly results: ExperimentResults; readonly out: string }>;

/** Runs experiments with the plugins of the tests, each in a new folder unless told where. */
export function experimentRunner(newFolder: () => Promise<string>): RunExperiment {
  return async (spec, options = {}) => {
    const out = options.out ?? (await newFolder());
    const registry = testRegistry();
    try {
      return { results: await runExperiment(spec, registry, { ...options, out }), out };
    } finally {
      await registry.dispose();
    }
  };
}

/** All that must not depend on when or how often a run was interrupted. */
export function numbers({ models }: ExperimentResults): unknown {
  return models.map(({ metrics, cohorts, runs }) => ({
    metrics,
    cohorts,
    training: runs.map(({ training }) => training),
  }));
}

/** A signal that aborts when the nth step has been taken. */
export function abortAfter(steps: number): Pick<RunExperimentOptions, 'signal' | 'onProgress'> {
  const controller = new AbortController();
  let taken = 0;
  return {
    signal: controller.signal,
    onProgress: (event) => {
      if (event.kind === 'training' && event.event.kind === 'step' && ++taken === steps) {
        controller.abort();
      }
    },
  };
}

/** Matches an error of this package. */
export const withCode = (code: string): unknown =>
  expect.objectContaining({ code: `LIMAML_ERR_EXPERIMENT_${code}` });

/** The checkpoint of {@link testSpec}'s model with its seed. */
export const checkpointOf = (out: string): string =>
  runFiles(runFolder(out, 'Tiny LiMAML', 1)).checkpoint;
