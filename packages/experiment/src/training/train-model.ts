import { copyValues, cosineSchedule, type ParameterValues, type Schedule } from '@limaml/core';
import { randomCut, type Episode } from '@limaml/data';
import { isLimamlError } from '@limaml/errors';
import { trainingDiverged, trainingInterrupted } from '../errors.js';
import { readCheckpoint, writeCheckpoint, type TrainingProgress } from './checkpoint.js';
import { createOuterStep, type OuterStep } from './outer-step.js';
import { cloneValues } from './tensor-names.js';
import type { TrainedModel, TrainingOptions, TrainingSetup } from './training-setup.js';
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
  };

  constructor(setup: TrainingSetup, options: TrainingOptions) {
    this.#setup = setup;
    this.#options = options;
    const { model, algorithm, training, seed } = setup;
    this.#weights = createWeights(model, algorithm, training, seed);
    this.#step = createOuterStep(setup, scheduleOf(setup));
  }

  async run(): Promise<TrainedModel> {
    if (this.#options.resume) await this.#restore();
    while (!this.#finished()) await this.#runEpoch();
    return { values: this.#best, progress: this.#progress };
  }

  dispose(): Promise<void> {
    return this.#step.dispose();
  }

  #finished(): boolean {
    const { epoch, bestEpoch } = this.#progress;
    const { epochs, patience } = this.#setup.training;
    return epoch >= epochs || (bestEpoch >= 0 && epoch - 1 - bestEpoch >= patience);
  }

  async #runEpoch(): Promise<void> {
    const batches = epochBatches(this.#setup, this.#progress.epoch);
    const watch = this.#startWatch(batches.length);
    while (this.#progress.step < batches.length) {
      if (this.#options.signal?.aborted) await this.#stop();
      await this.#runStep(batches[this.#progress.step]!);
      watch();
    }
    await this.#endEpoch(batches.length);
    await this.#save();
  }

  async #runStep(batch: readonly Episode[]): Promise<void> {
    const progress = this.#progress;
    const started = performance.now();
    const loss = await this.#takeStep(batch);
    this.#progress = {
      ...progress,
      step: progress.step + 1,
      totalSteps: progress.totalSteps + 1,
      lossSum: progress.lossSum + loss,
      seconds: progress.seconds + (performance.now() - started) / 1000,
    };
  }

  async #takeStep(batch: readonly Episode[]): Promise<number> {
    const { epoch, step, totalSteps } = this.#progress;
    try {
      return await this.#step.take(batch, this.#weights, totalSteps);
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
    const monitored = await this.#monitor();
    const best = this.#isBest(monitored);
    if (best) this.#best = cloneValues(this.#weights.evaluated);
    this.#progress = {
      ...this.#progress,
      ...{ epoch: epoch + 1, step: 0, lossSum: 0 },
      ...(best ? { bestEpoch: epoch } : {}),
      history: [...history, { loss, monitored }],
    };
    const { epochs } = this.#setup.training;
    this.#options.onProgress?.({ kind: 'epoch', epoch: epoch + 1, epochs, loss, monitored, best });
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

  async #save(): Promise<void> {
    const { checkpoint } = this.#options;
    if (checkpoint === undefined) return;
    const contents = { progress: this.#progress, state: this.#weights.state, best: this.#best };
    await writeCheckpoint(checkpoint.path, checkpoint.fingerprint, contents);
  }

  async #restore(): Promise<void> {
    const { checkpoint } = this.#options;
    if (checkpoint === undefined) return;
    const saved = await readCheckpoint(checkpoint.path, checkpoint.fingerprint);
    if (saved === undefined) return;
    copyValues(saved.state, this.#weights.state);
    this.#best = saved.best;
    this.#progress = saved.progress;
  }

  /** Reports steps of one epoch, with the speed since its start. */
  #startWatch(steps: number): () => void {
    const { onProgress } = this.#options;
    const [started, computed, first] = [
      performance.now(),
      this.#step.spent.run,
      this.#progress.step,
    ];
    const { epochs, tasksPerBatch } = this.#setup.training;
    return () => {
      const { epoch, step, lossSum } = this.#progress;
      const elapsed = performance.now() - started;
      onProgress?.({
        kind: 'step',
        ...{ epoch: epoch + 1, epochs, step, steps, loss: lossSum / step },
        tasksPerSecond: ((step - first) * tasksPerBatch * 1000) / elapsed,
        computeShare: (this.#step.spent.run - computed) / elapsed,
      });
    };
  }
}

/** Episodes of one epoch in batches. */
function epochBatches(setup: TrainingSetup, epoch: number): Episode[][] {
  const { encoded, tasks, limits, seed, training } = setup;
  const { minSupport, tasksPerBatch } = training;
  const episodes = randomCut(encoded.tasks, tasks, { ...limits, seed, epoch, minSupport });
  const batches: Episode[][] = [];
  for (let at = 0; at < episodes.length; at += tasksPerBatch) {
    batches.push(episodes.slice(at, at + tasksPerBatch));
  }
  return batches;
}

function scheduleOf(setup: TrainingSetup): Schedule {
  const { schedule, epochs } = setup.training;
  if (schedule.kind === 'constant') return () => 1;
  const { warmup, floor } = schedule;
  return cosineSchedule({ steps: epochs * epochBatches(setup, 0).length, warmup, floor });
}
