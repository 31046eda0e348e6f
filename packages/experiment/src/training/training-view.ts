import type { Algorithm, Model } from '@limaml/core';
import type { EncodedLog, Episode, EpisodeLimits } from '@limaml/data';

/** What one entity type brings to training: the model as it sees it, and where its episodes come from. */
export interface TrainingView {
  readonly model: Model;
  readonly algorithm: Algorithm;
  /** The encoded log, with the tasks to draw training episodes from. */
  readonly encoded: EncodedLog;
  /** Training tasks. */
  readonly tasks: Int32Array;
  readonly limits: EpisodeLimits;
  /** Factor on its loss where several types are trained jointly. Default 1. */
  readonly weight?: number;
}

/** The episodes of one outer step: one batch for each view. */
export type StepEpisodes = readonly (readonly Episode[])[];
