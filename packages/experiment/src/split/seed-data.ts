import type { Episode, EpisodeLimits, TaskIndex, TaskPosition } from '@limaml/data';

/** Episodes to predict, and what their positions refer to. */
export interface TestSet {
  /** `'test'` for the main one. */
  readonly name: string;
  readonly index: TaskIndex;
  readonly episodes: readonly Episode[];
  /**
   * What training saw of it, where that is more than the split holds out: its entities with other rows, or its very
   * rows, so that results say how well a model fits and not how well it generalises.
   */
  readonly trained?: 'entities' | 'rows';
  /** Whether all its candidates are kept from training. */
  readonly newCandidates?: true;
}

/** One division of a log into what is trained on, what choices are made on, and what is tested. */
export interface SeedData {
  readonly seed: number;
  readonly limits: EpisodeLimits;
  /** Tasks to train on. */
  readonly train: Int32Array;
  /** The tasks with their training rows only. */
  readonly training: TaskIndex;
  /** Mask of the log rows that may be fitted on. */
  readonly trainRows: Uint8Array;
  /** What choices are made on. */
  readonly validation: TestSet;
  /** The main one first. */
  readonly tests: readonly [TestSet, ...TestSet[]];
}

/** Tasks of training, and the episodes that are evaluated, before new candidates and support sizes come in. */
export interface Division {
  readonly train: Int32Array;
  readonly training: TaskIndex;
  readonly validation: readonly Episode[];
  /** `train`, and the tasks beside it that have too few or too many rows to be trained on. */
  readonly existing: Int32Array;
  /**
   * Tasks that are tested, whatever their number of rows with known candidates; those of `train` among them where
   * their rows are divided in time.
   */
  readonly tested: Int32Array;
  /** Where test episodes are cut, among other rows of the same tasks too. */
  readonly testCut: (tasks: TaskIndex) => TaskPosition;
  readonly test: readonly Episode[];
}
