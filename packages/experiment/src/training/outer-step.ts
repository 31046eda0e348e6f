import {
  assertFinite,
  clipByGlobalNorm,
  trainProgram,
  type ParameterValues,
  type Schedule,
} from '@limaml/core';
import type { Episode } from '@limaml/data';
import type { TensorMap } from '@limaml/graph';
import { createBatchFeeder } from './batch-feeds.js';
import { createDropoutMasks } from './dropout.js';
import { createProgramRunner } from './program-runner.js';
import { unprefixed } from './tensor-names.js';
import type { TrainingSetup } from './training-setup.js';
import type { Weights } from './weights.js';

/** The compiled outer step. */
export interface OuterStep {
  /**
   * Computes loss and gradients of one batch, clips, and moves the weights.
   * @param step steps taken before this one
   * @returns the loss before the step
   * @throws LIMAML_ERR_CORE_NON_FINITE when the loss or a gradient is not finite; the weights are unchanged
   */
  take(episodes: readonly Episode[], weights: Weights, step: number): Promise<number>;
  /** Milliseconds spent in the compiled program so far. */
  readonly spent: { readonly run: number };
  dispose(): Promise<void>;
}

/** @param schedule factor on the learning rate by step */
export function createOuterStep(setup: TrainingSetup, schedule: Schedule): OuterStep {
  const { model, algorithm, training, executor, encoded, seed } = setup;
  const sizes = {
    tasks: training.tasksPerBatch,
    support: setup.limits.maxSupport,
    query: setup.limits.maxQuery,
  };
  const program = trainProgram(model, algorithm);
  const runner = createProgramRunner(executor, program, `train ${model.name}`);
  const feeder = createBatchFeeder(model, encoded, sizes);
  const dropout = createDropoutMasks(model.noise, [sizes.tasks, sizes.query]);
  return {
    spent: runner.spent,
    async take(episodes, weights, step) {
      const { feeds, ids } = feeder.feed(episodes, weights.values);
      const outputs = await runner.run({ ...feeds, ...dropout.draw(seed, step) });
      const loss = outputs.loss!.data[0]!;
      assertFinite('loss', loss);
      const gradients = gradientsOf(outputs);
      clipByGlobalNorm(gradients, training.clipNorm ?? Infinity);
      weights.step(gradients, ids, step, schedule(step));
      return loss;
    },
    dispose: () => runner.dispose(),
  };
}

function gradientsOf(outputs: TensorMap): ParameterValues {
  return unprefixed('grad/', outputs) as ParameterValues;
}
