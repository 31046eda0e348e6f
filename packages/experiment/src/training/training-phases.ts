import { algorithmAt, annealedStepWeights, trainProgram, type Algorithm } from '@limaml/core';
import type { ParameterValues } from '@limaml/core';
import { floatTensor, usesSharedMemory } from './memory.js';
import { createProgramRunner, type ProgramRunner } from './program-runner.js';
import type { TrainingSetup } from './training-setup.js';

/** What the steps of one epoch are computed with. */
export interface TrainingPhase {
  readonly runner: ProgramRunner;
  /** What the program is fed beside weights and batches. */
  readonly feeds: ParameterValues;
}

/** Training programs by epoch. Epochs that differ only in what they are fed share a program. */
export interface TrainingPhases {
  /** @param step number of the outer step, from which the epoch follows */
  at(step: number): TrainingPhase;
  dispose(): Promise<void>;
}

/** @param stepsPerEpoch the same in every epoch */
export function createTrainingPhases(
  setup: Pick<TrainingSetup, 'model' | 'algorithm' | 'executor'>,
  stepsPerEpoch: number,
): TrainingPhases {
  const { model, algorithm, executor } = setup;
  const runners = new Map<string, ProgramRunner>();
  const runnerOf = (phase: Algorithm): ProgramRunner => {
    const key = JSON.stringify([phase.order, phase.stepLoss]);
    const name = `train ${model.name}`;
    const runner =
      runners.get(key) ?? createProgramRunner(executor, trainProgram(model, phase), name);
    runners.set(key, runner);
    return runner;
  };
  let current: { readonly epoch: number; readonly phase: TrainingPhase } | undefined;
  return {
    at(step) {
      const epoch = Math.floor(step / stepsPerEpoch);
      if (current?.epoch !== epoch) {
        const feeds = stepWeights(algorithm, epoch, usesSharedMemory(executor));
        current = { epoch, phase: { runner: runnerOf(algorithmAt(algorithm, epoch)), feeds } };
      }
      return current.phase;
    },
    async dispose() {
      await Promise.all(Array.from(runners.values(), (runner) => runner.dispose()));
    },
  };
}

function stepWeights(algorithm: Algorithm, epoch: number, shared: boolean): ParameterValues {
  const weights = annealedStepWeights(algorithm, epoch);
  if (weights === undefined) return {};
  const tensor = floatTensor([weights.length], shared);
  tensor.data.set(weights);
  return { 'step/weights': tensor };
}
