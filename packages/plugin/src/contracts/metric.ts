import type { PluginBase } from './plugin.js';

/** Predictions of one model on one set of tasks. Task t owns rows offsets[t] … offsets[t+1]. */
export interface Predictions {
  readonly tasks: number;
  /** Length tasks + 1. */
  readonly offsets: Int32Array;
  /** Logits, or predicted values for regression. */
  readonly score: Float32Array;
  readonly label: Float32Array;
  /** Seed for breaking ties. */
  readonly seed: number;
}

/**
 * A number that says how good predictions are. Run `testMetricPlugin` of `@limaml/plugin/testing` on an
 * implementation.
 */
export interface MetricPlugin extends PluginBase<'metric'> {
  readonly better: 'higher' | 'lower';
  /** One line for reports, e.g. "area under the ROC curve, all rows pooled". */
  readonly description: string;
  /**
   * The metric of these predictions; undefined where it does not exist (AUC of one class). Writes to nothing it
   * is given.
   */
  evaluate(predictions: Predictions): number | undefined;
  /**
   * The metric of the same predictions with each task counted as often as its weight says, as a function of the
   * weights (length tasks, whole numbers from 0 on): weights of 1 give `evaluate`. For intervals from resampled
   * tasks, which call the function thousands of times. Optional: without it the rows are gathered and evaluated.
   */
  weigh?(predictions: Predictions): (weights: Float64Array) => number | undefined;
}

declare module './plugin.js' {
  interface PluginKinds {
    metric: MetricPlugin;
  }
}
