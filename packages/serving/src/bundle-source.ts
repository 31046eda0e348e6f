import type { Algorithm, Model, ParameterValues } from '@limaml/core';
import type { FeatureSchema, JointModel } from '@limaml/plugin';

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
  /** What it was trained on, for the manifest. Default: unknown. */
  readonly data?: { readonly name: string; readonly fingerprint: string };
  /** Newest interactions a support set holds, at most, and their greatest age in milliseconds. */
  readonly support: { readonly maxSize: number; readonly window?: number };
  /** Of a model of several entity types: `model` above is the view of its primary type. */
  readonly joint?: JointSource;
}

/** The entity types of a joint model, the primary one included. */
export interface JointSource {
  readonly model: JointModel;
  /** What belongs to each of them. */
  readonly entities: Readonly<
    Record<string, Pick<BundleSource, 'algorithm' | 'schema' | 'encoders' | 'support'>>
  >;
}
