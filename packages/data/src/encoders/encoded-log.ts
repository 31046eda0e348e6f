import type { EncodedFeature, FeatureSchema } from '@limaml/plugin';
import type { TaskIndex } from '../tasks.js';
import type { EncodedValues } from './encode.js';

/** One encoded feature of a log, kept once per entity or row and gathered when a batch is assembled. */
export interface EncodedColumn {
  readonly feature: EncodedFeature;
  /** Entries, row-major `[entries, stride]`. */
  readonly data: EncodedValues;
  /** Numbers per entry: max(1, width). */
  readonly stride: number;
  /** Entry of each log row (of each task for entity features); without it entry = row. */
  readonly index: Int32Array | undefined;
}

/** A log in encoded form, with its tasks. */
export interface EncodedLog {
  readonly schema: FeatureSchema['features'];
  readonly tasks: TaskIndex;
  /** By feature name. */
  readonly columns: Readonly<Record<string, EncodedColumn>>;
  readonly label: Float32Array;
}

/** Options of `Encoders.encode`. */
export interface EncodeOptions {
  /**
   * The rows that the encoders were fitted on, as a mask. These rows then get candidate rates, mean
   * outcomes and factors *out of fold*: computed without the tasks of their own fold, so that no row's
   * features hold its own label. Without it they leak, most for rare candidates. Rows outside the mask
   * always get those of all training rows.
   */
  readonly trainRows?: Uint8Array;
  /** Folds of the above; a task's fold is a hash of its id. Default 5. */
  readonly folds?: number;
  /**
   * Moments, ascending, in milliseconds since 1970. With `trainRows`, training rows get candidate rates, mean
   * outcomes and factors *as of* the last moment at or before their own time, from training rows strictly
   * before it, and not out of fold. Folds keep a row from reading its own label; moments also keep the rows of a
   * candidate from reading each other's, as the tasks of candidates need it.
   */
  readonly moments?: readonly number[];
}
