import type { ParameterValues } from '@limaml/core';
import type { Episode } from '@limaml/data';
import type { Executor } from '@limaml/graph';
import type { MetricPlugin } from '@limaml/plugin';
import type { Predictor } from '../evaluation/predictor.js';
import type { TrainingSpec } from '../spec/schema.js';
import type { TrainingProgress } from './checkpoint.js';
import type { TrainingTimings } from './timings.js';
import type { TrainingView } from './training-view.js';

/** What is trained, on what: one view, or several whose parameters of the same name are the same. */
export interface TrainingSetup extends TrainingView {
  /** Name for messages. */
  readonly name: string;
  /** Views that are trained jointly with this one, a batch of each in every step. Default: none. */
  readonly others?: readonly TrainingView[];
  /** What rows read that is made from the weights. Default: nothing. */
  readonly derived?: DerivedColumns;
  readonly training: TrainingSpec;
  readonly seed: number;
  readonly executor: Executor;
  /** Episodes of the validation tasks; without any, the last epoch is kept. */
  readonly validation: readonly Episode[];
  readonly predictor: Predictor;
  /** Metric of the validation episodes that picks the epoch. */
  readonly monitor: MetricPlugin;
}

/** Columns of the encoded log that are made from the weights at the start of every epoch. */
export interface DerivedColumns {
  refresh(values: ParameterValues): Promise<void>;
  /** Their numbers, live, by name in a checkpoint: an epoch that is gone on with reads what it began with. */
  readonly state: ParameterValues;
}

/** All views of a setup. */
export function viewsOf(setup: TrainingSetup): readonly TrainingView[] {
  return [setup, ...(setup.others ?? [])];
}

/** How a training run is kept and watched. */
export interface TrainingOptions {
  /** Where checkpoints go, and the identity of what is trained; without it nothing is saved. */
  readonly checkpoint?: { readonly path: string; readonly fingerprint: string };
  /** Go on from the checkpoint when there is one. Default false: start anew. */
  readonly resume?: boolean;
  /** Pauses training when so many epochs are finished, with a checkpoint to go on from. Default: no pause. */
  readonly until?: number;
  /** Stops training after the step in progress, with a checkpoint. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: TrainingEvent) => void;
}

/** What training tells while it goes on. Epochs and steps count from 1. */
export type TrainingEvent =
  | {
      readonly kind: 'step';
      readonly epoch: number;
      readonly epochs: number;
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      readonly tasksPerSecond: number;
      /** Share of the time that was spent in the compiled step. */
      readonly computeShare: number;
    }
  | {
      readonly kind: 'epoch';
      readonly epoch: number;
      readonly epochs: number;
      readonly loss: number;
      /** The monitored metric, where it exists. */
      readonly monitored: number | null;
      /** Whether this is the best epoch so far. */
      readonly best: boolean;
      /** Where the time went, from the first epoch on. */
      readonly timings: TrainingTimings;
    };

/** The outcome of training. */
export interface TrainedModel {
  /** Weights of the best epoch, by program input name; tables whole. */
  readonly values: ParameterValues;
  readonly progress: TrainingProgress;
}
