import { copyValues, type ParameterValues } from '@limaml/core';
import { isLimamlError } from '@limaml/errors';
import { trainingDiverged, trainingInterrupted } from '../errors.js';
import { readCheckpoint, writeCheckpoint, type TrainingProgress } from './checkpoint.js';
import { copiedValues, usesSharedMemory } from './memory.js';
import { epochBatches } from './epoch-batches.js';
import { createOuterStep, type OuterStep, type StepOutcome } from './outer-step.js';
import { scheduleOf } from './schedule.js';
import { addTimings, NO_TIME } from './timings.js';
import { viewsOf } from './training-setup.js';
import type { TrainedModel, TrainingOptions, TrainingSetup } from './training-setup.js';
import type { StepEpisodes } from './training-view.js';
import { createWeights, type Weights } from './weights.js';

/**
 * Meta-trains a model: each epoch cuts every training task once at random into support and query, takes
 * one outer step per batch of tasks, and evaluates the validation episodes; training stops when their
 * metric has not improved for `patience` epochs, and the weights of the best epoch are the result.
 *
 * Everything random is addressed by seed, epoch and step, so a run that was interrupted and resumed
 * gives exactly the numbers of one that was not.
 *
 * @throws LIMAML_ERR_EXPERIMENT_TRAINING_DIVERGED when loss or gradient stop being finite
 * @throws LIMAML_ERR_EXPERIMENT_INTERRUPTED when the signal stopped it; the checkpoint is usable
 * @throws LIMAML_ERR_EXPERIMENT_CHECKPOINT_CORRUPT, …_CHECKPOINT_FOREIGN, …_FILE_UNWRITABLE
 */
export async function trainModel(
  setup: TrainingSetup,
  options: TrainingOptions = {},
): Promise<TrainedModel> {
  const trainer = new Trainer(setup, options);
  try {
    return await trainer.run();
  } finally {
    await trainer.dispose();
  }
}

class Trainer {
  readonly #setup: TrainingSetup;
  readonly #options: TrainingOptions;
  readonly #weights: Weights;
  readonly #step: OuterStep;
  #best: ParameterValues = {};
  #progress: TrainingProgress = {
    epoch: 0,
    step: 0,
    totalSteps: 0,
    lossSum: 0,
    history: [],
    bestEpoch: -1,
    seconds: 0,
    timings: NO_TIME,
  };

  constructor(setup: TrainingSetup, options: TrainingOptions) {
    this.#setup = setup;
    this.#options = options;
    const { training, seed, executor } = setup;
    const shared = usesSharedMemory(executor);
    this.#weights = createWeights(viewsOf(setup), training, seed, shared);
    const stepsPerEpoch = epochBatches(setup, 0).length;
    this.#step = createOuterStep(setup, scheduleOf(training, stepsPerEpoch), stepsPerEpoch);
  }

  async run(): Promise<TrainedModel> {
    if (this.#options.resume) await this.#restore();
    try {
      while (!this.#finished()) await this.#runEpoch();
    } catch (error) {
      await this.#keepAfter(error);
      throw error;
    }
    return { values: this.#best, progress: this.#progress };
  }

  dispose(): Promise<void> {
    return this.#step.dispose();
  }

  #finished(): boolean {
    const { epoch, bestEpoch } = this.#progress;
    const { epochs, patience } = this.#setup.training;
    const { until = epochs } = this.#options;
    return (
      epoch >= Math.min(epochs, until) || (bestEpoch >= 0 && epoch - 1 - bestEpoch >= patience)
    );
  }

  async #runEpoch(): Promise<void> {
    const batches = epochBatches(this.#setup, this.#progress.epoch);
    if (this.#progress.step === 0) await this.#setup.derived?.refresh(this.#weights.values);
    const watch = this.#startWatch(batches.length);
    while (this.#progress.step < batches.length) {
      if (this.#options.signal?.aborted) await this.#stop();
      const { step } = this.#progress;
      await this.#runStep(batches[step]!, batches[step + 1]);
      watch();
    }
    await this.#endEpoch(batches.length);
    await this.#save();
  }

  async #runStep(batch: StepEpisodes, next?: StepEpisodes): Promise<void> {
    const progress = this.#progress;
    const started = performance.now();
    const { loss, timings } = await this.#takeStep(batch, next);
    this.#progress = {
      ...progress,
      step: progress.step + 1,
      totalSteps: progress.totalSteps + 1,
      lossSum: progress.lossSum + loss,
      seconds: progress.seconds + (performance.now() - started) / 1000,
      timings: addTimings(progress.timings, timings),
    };
  }

  async #takeStep(batch: StepEpisodes, next?: StepEpisodes): Promise<StepOutcome> {
    const { epoch, step, totalSteps } = this.#progress;
    try {
      return await this.#step.take(batch, this.#weights, totalSteps, next);
    } catch (error) {
      const diverged = isLimamlError(error) && error.code === 'LIMAML_ERR_CORE_NON_FINITE';
      if (!diverged) throw error;
      throw trainingDiverged(this.#setup.name, this.#setup.seed, epoch + 1, step + 1, error);
    }
  }

  /** Evaluates, keeps the weights when they are the best so far, and begins the next epoch. */
  async #endEpoch(steps: number): Promise<void> {
    const { epoch, lossSum, history } = this.#progress;
    const loss = lossSum / steps;
    const started = performance.now();
    const monitored = await this.#monitor();
    const evaluation = (performance.now() - started) / 1000;
    const best = this.#isBest(monitored);
    if (best) this.#best = copiedValues(this.#weights.evaluated, false);
    const timings = addTimings(this.#progress.timings, { evaluation });
    this.#progress = {
      ...this.#progress,
      timings,
      ...{ epoch: epoch + 1, step: 0, lossSum: 0 },
      ...(best ? { bestEpoch: epoch } : {}),
      history: [...history, { loss, monitored }],
    };
    const { epochs } = this.#setup.training;
    const event = { epoch: epoch + 1, epochs, loss, monitored, best, timings };
    this.#options.onProgress?.({ kind: 'epoch', ...event });
  }

  async #monitor(): Promise<number | null> {
    const { validation, predictor, monitor } = this.#setup;
    if (validation.length === 0) return null;
    const predictions = await predictor.predict(validation, this.#weights.evaluated);
    return monitor.evaluate(predictions) ?? null;
  }

  /** Without a value to compare, the newest weights count as the best. */
  #isBest(monitored: number | null): boolean {
    const { history, bestEpoch } = this.#progress;
    const before = history[bestEpoch]?.monitored ?? null;
    if (monitored === null || before === null) return true;
    return this.#setup.monitor.better === 'higher' ? monitored > before : monitored < before;
  }

  async #stop(): Promise<never> {
    await this.#save();
    const { name, seed } = this.#setup;
    throw trainingInterrupted(name, seed, this.#options.checkpoint?.path);
  }

  /**
   * A step or an evaluation that failed has changed nothing. When a worker thread died, what was trained
   * so far can be gone on with; diverging weights are not worth keeping.
   */
  async #keepAfter(error: unknown): Promise<void> {
    const died = isLimamlError(error) && error.code === 'LIMAML_ERR_ORT_WORKER_DIED';
    if (died) await this.#save();
  }

  async #save(): Promise<void> {
    const { checkpoint } = this.#options;
    if (checkpoint === undefined) return;
    const contents = { progress: this.#progress, state: this.#state(), best: this.#best };
    await writeCheckpoint(checkpoint.path, checkpoint.fingerprint, contents);
  }

  /** All that a checkpoint restores, live. */
  #state(): ParameterValues {
    return { ...this.#weights.state, ...this.#setup.derived?.state };
  }

  async #restore(): Promise<void> {
    const { checkpoint } = this.#options;
    if (checkpoint === undefined) return;
    const saved = await readCheckpoint(checkpoint.path, checkpoint.fingerprint);
    if (saved === undefined) return;
    copyValues(saved.state, this.#state());
    this.#best = saved.best;
    this.#progress = saved.progress;
  }

  /** Reports steps of one epoch, with the speed since its start. */
  #startWatch(steps: number): () => void {
    const { onProgress } = this.#options;
    const started = performance.now();
    const { step: first, timings } = this.#progress;
    const { epochs, tasksPerBatch } = this.#setup.training;
    return () => {
      const { epoch, step, lossSum, timings: now } = this.#progress;
      const elapsed = performance.now() - started;
      onProgress?.({
        kind: 'step',
        ...{ epoch: epoch + 1, epochs, step, steps, loss: lossSum / step },
        tasksPerSecond: ((step - first) * tasksPerBatch * 1000) / elapsed,
        computeShare: ((now.compute - timings.compute) * 1000) / elapsed,
      });
    };
  }
}
