import type { Algorithm, Model, ParameterValues } from '@limaml/core';
import type { EncodedLog, Episode, EpisodeLimits } from '@limaml/data';
import type { Executor } from '@limaml/graph';
import type { MetricPlugin } from '@limaml/plugin';
import type { Predictor } from '../evaluation/predictor.js';
import type { TrainingSpec } from '../spec/schema.js';
import type { TrainingProgress } from './checkpoint.js';
import type { TrainingTimings } from './timings.js';

/** What is trained, on what. */
export interface TrainingSetup {
  /** Name for messages. */
  readonly name: string;
  readonly model: Model;
  readonly algorithm: Algorithm;
  readonly training: TrainingSpec;
  readonly seed: number;
  readonly executor: Executor;
  /** The encoded log, with the tasks to draw training episodes from. */
  readonly encoded: EncodedLog;
  /** Training tasks. */
  readonly tasks: Int32Array;
  readonly limits: EpisodeLimits;
  /** Episodes of the validation tasks; without any, the last epoch is kept. */
  readonly validation: readonly Episode[];
  readonly predictor: Predictor;
  /** Metric of the validation episodes that picks the epoch. */
  readonly monitor: MetricPlugin;
}

/** How a training run is kept and watched. */
export interface TrainingOptions {
  /** Where checkpoints go, and the identity of what is trained; without it nothing is saved. */
  readonly checkpoint?: { readonly path: string; readonly fingerprint: string };
  /** Go on from the checkpoint when there is one. Default false: start anew. */
  readonly resume?: boolean;
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
