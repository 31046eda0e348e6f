import type { Algorithm, Model, ParameterValues } from '@limaml/core';
import type { EntityTable, FeatureSchema } from '@limaml/plugin';

/**
 * What a bundle is made from: a trained model and everything needed to encode a request for it. A run
 * of `@limaml/experiment` has this shape, so serving need not know how the model was trained.
 */
export interface BundleSource {
  /** The model, as its plugin made it. */
  readonly model: Model;
  /** Name of the model plugin and the options it was given; written to the manifest. */
  readonly plugin: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
  readonly algorithm: Algorithm;
  readonly schema: FeatureSchema;
  /** `Encoders.toJSON()` of the run. */
  readonly encoders: unknown;
  /** Trained values by program input name: `meta/…`, `global/…`, `rate/…`, and whole tables `table/…`. */
  readonly params: ParameterValues;
  /** Longest support set used in training; generation takes the newest so many interactions. */
  readonly support: { readonly maxSize: number; readonly window?: number };
  /** The candidates that can be scored by id, with their raw features. */
  readonly candidates: EntityTable;
}
