import { assertFinite, clipByGlobalNorm, type Schedule } from '@limaml/core';
import type { Episode } from '@limaml/data';
import type { TensorMap } from '@limaml/graph';
import { setImmediate } from 'node:timers/promises';
import { usesSharedMemory } from './memory.js';
import { pickInputs, type ProgramRunner } from './program-runner.js';
import { createShareOutputs, createTaskCutter, mergeShares, shareWeights } from './shares.js';
import { createStepBatches } from './step-batches.js';
import { sumViews, type ViewGradients } from './sum-views.js';
import { addTimings, NO_TIME, type TrainingTimings } from './timings.js';
import { createTrainingPhases } from './training-phases.js';
import { viewsOf, type TrainingSetup } from './training-setup.js';
import type { StepEpisodes } from './training-view.js';
import type { Weights } from './weights.js';

/** The compiled outer step. */
export interface OuterStep {
  /**
   * Computes loss and gradients of one batch of each view, clips their sum, and moves the weights.
   * @param step steps taken before this one
   * @param next episodes of the step after this one, to be assembled while this one is computed
   * @throws LIMAML_ERR_CORE_NON_FINITE when the loss or a gradient is not finite; the weights are unchanged
   */
  take(
    episodes: StepEpisodes,
    weights: Weights,
    step: number,
    next?: StepEpisodes,
  ): Promise<StepOutcome>;
  dispose(): Promise<void>;
}

/** What a step came to. */
export interface StepOutcome {
  /** Loss before the step. */
  readonly loss: number;
  readonly timings: Partial<TrainingTimings>;
}

/**
 * @param schedule factor on the learning rate by step
 * @param stepsPerEpoch for what changes by epoch
 */
export function createOuterStep(
  setup: TrainingSetup,
  schedule: Schedule,
  stepsPerEpoch: number,
): OuterStep {
  const views = viewsOf(setup);
  const steps = views.map((view, at) =>
    createViewStep({ ...setup, ...view, seed: setup.seed + at }, stepsPerEpoch),
  );
  const factors = views.map(({ weight = 1 }) => weight);
  return {
    async take(episodes, weights, step, next) {
      const parts: (ViewGradients & Pick<StepOutcome, 'timings'>)[] = [];
      for (const [at, view] of steps.entries()) {
        parts.push(await view.compute(episodes[at]!, weights, step, next?.[at]));
      }
      const computed = performance.now();
      const { loss, gradients, ids } = sumViews(parts, factors);
      assertFinite('loss', loss);
      clipByGlobalNorm(gradients, setup.training.clipNorm ?? Infinity);
      weights.step(gradients, ids, step, schedule(step));
      const spent = parts.map(({ timings }) => timings).reduce(addTimings, NO_TIME);
      const optimiser = spent.optimiser + (performance.now() - computed) / 1000;
      return { loss, timings: { ...spent, optimiser } };
    },
    async dispose() {
      await Promise.all(steps.map((view) => view.dispose()));
    },
  };
}

/** The compiled step of one view, up to the optimiser. */
interface ViewStep {
  compute(
    episodes: readonly Episode[],
    weights: Weights,
    step: number,
    next?: readonly Episode[],
  ): Promise<ViewGradients & Pick<StepOutcome, 'timings'>>;
  dispose(): Promise<void>;
}

/** An executor with worker threads gets a share of the tasks for each of them. */
function createViewStep(setup: TrainingSetup, stepsPerEpoch: number): ViewStep {
  const { training, executor, limits } = setup;
  const shares = executor.workers ?? 1;
  const perShare = Math.ceil(training.tasksPerBatch / shares);
  const sizes = { tasks: perShare * shares, support: limits.maxSupport, query: limits.maxQuery };
  const phases = createTrainingPhases(setup, stepsPerEpoch);
  const batches = createStepBatches(setup, sizes);
  const cut = createTaskCutter(shares);
  const run = createShareRun(shares, usesSharedMemory(executor));
  return {
    async compute(episodes, weights, step, next) {
      const started = performance.now();
      const { feeder, batch, feeds } = batches.get(episodes, step);
      const phase = phases.at(step);
      const rows = feeder.gatherRows(batch, weights.values);
      const whole = { ...weights.values, ...rows, ...phase.feeds };
      const fed = performance.now();
      const ahead = next && (() => batches.get(next, step + 1));
      const { outputs, ...spent } = await run(phase.runner, cut(feeds), whole, ahead);
      const computed = performance.now();
      const merged = mergeShares(outputs, shareWeights(episodes, perShare, shares));
      const timings = {
        ...spent,
        data: (fed - started) / 1000 + spent.data,
        optimiser: (performance.now() - computed) / 1000,
      };
      return { ...merged, ids: batch.ids, timings };
    },
    dispose: () => phases.dispose(),
  };
}

type ShareRun = (
  runner: ProgramRunner,
  shares: readonly TensorMap[],
  whole: TensorMap,
  meanwhile?: () => void,
) => Promise<
  Pick<TrainingTimings, 'compute' | 'data' | 'compile' | 'compiled' | 'cached' | 'hits'> & {
    outputs: readonly TensorMap[];
  }
>;

/** Runs a program on all shares at once. With threads to do it, `meanwhile` is done here meanwhile. */
function createShareRun(shares: number, threads: boolean): ShareRun {
  const buffersOf = createShareOutputs(shares);
  return async (runner, feeds, whole, meanwhile) => {
    const before = { ...runner.spent };
    const program = await runner.compiled({ ...whole, ...feeds[0] });
    const started = performance.now();
    const into = threads ? buffersOf(program) : [];
    const running = feeds.map((share, at) =>
      program.run(pickInputs(program, { ...whole, ...share }), into[at]),
    );
    const all = Promise.all(running);
    const late = threads && meanwhile ? await lateness(all, meanwhile) : 0;
    const outputs = await all;
    return {
      outputs,
      data: late,
      compute: (performance.now() - started) / 1000 - late,
      compile: (runner.spent.milliseconds - before.milliseconds) / 1000,
      compiled: runner.spent.compiled - before.compiled,
      cached: runner.spent.cached - before.cached,
      hits: runner.spent.hits - before.hits,
    };
  };
}

/**
 * Does something while the threads compute. Where they are ready before it, they have waited for it, at
 * most as long as it took.
 * @returns seconds
 */
async function lateness(running: Promise<unknown>, work: () => void): Promise<number> {
  const state = { ready: false };
  const settle = (): void => {
    state.ready = true;
  };
  running.then(settle, settle);
  const started = performance.now();
  work();
  const seconds = (performance.now() - started) / 1000;
  await setImmediate();
  return state.ready ? seconds : 0;
}
