import {
  encodeTensors,
  type Algorithm,
  type AlgorithmDescription,
  type Model,
  type ParameterValues,
} from '@limaml/core';
import { loadEncoders, type Encoders, type EpisodeLimits } from '@limaml/data';
import type { FeatureSchema, Registry } from '@limaml/plugin';
import { z } from 'zod';
import { runMissing, valuesForeign } from '../errors.js';
import { readFileIfThere, readJson, writeFileWhole, writeJson } from '../files.js';
import { modelEntrySchema, type ExperimentSpec, type ModelEntry } from '../spec/schema.js';
import { decodeValues } from '../training/checkpoint.js';
import { algorithmOf } from '../training/algorithm.js';
import { packageVersion } from '../version.js';
import { runFiles } from './run-record.js';

/** What a run folder says about itself, in `run.json`. */
const descriptionSchema = z.strictObject({
  format: z.literal(1),
  /** Version of this package that wrote it. */
  version: z.string(),
  createdAt: z.string(),
  experiment: z.string(),
  dataset: z.string(),
  entity: z.string(),
  seed: z.int(),
  fingerprint: z.string(),
  support: z.strictObject({ maxSize: z.int(), window: z.number().exactOptional() }),
  entry: modelEntrySchema,
  /** What the entry's algorithm came to: `AlgorithmDescription` of `@limaml/core`. Older runs lack it. */
  algorithm: z.record(z.string(), z.json()).exactOptional(),
});

/** What was trained, on what and with which settings, as `run.json` tells it. */
export type RunDescription = z.infer<typeof descriptionSchema>;

/** A trained model with all that is needed to use it; what `exportBundle` of `@limaml/serving` takes. */
export interface OpenedRun {
  readonly model: Model;
  /** Model plugin and its options. */
  readonly plugin: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
  readonly algorithm: Algorithm;
  readonly schema: FeatureSchema;
  /** `Encoders.toJSON()`. */
  readonly encoders: unknown;
  /** Trained values by program input name, tables whole. */
  readonly params: ParameterValues;
  /** Newest interactions a support set holds, at most, and their greatest age in milliseconds. */
  readonly support: { readonly maxSize: number; readonly window?: number };
  readonly description: RunDescription;
}

/** What {@link writeRun} keeps. */
export interface FinishedRun {
  readonly spec: ExperimentSpec;
  readonly entry: ModelEntry;
  readonly algorithm: AlgorithmDescription;
  readonly seed: number;
  readonly fingerprint: string;
  readonly limits: EpisodeLimits;
  readonly encoders: Encoders;
  readonly values: ParameterValues;
}

/** Writes everything that {@link openRun} reads. */
export async function writeRun(folder: string, run: FinishedRun): Promise<void> {
  const files = runFiles(folder);
  await writeFileWhole(files.values, encodeTensors(run.values, { fingerprint: run.fingerprint }));
  await writeJson(files.encoders, run.encoders);
  await writeJson(files.description, describe(run));
}

/**
 * Opens the folder of a finished run, `<out>/runs/<model>/seed-<n>`.
 *
 * @param registry where the run's model plugin is registered, and its algorithm plugin if it has one
 * @throws LIMAML_ERR_EXPERIMENT_RUN_MISSING when it is not there or not finished
 * @throws LIMAML_ERR_EXPERIMENT_RECORD_CORRUPT, …_CHECKPOINT_CORRUPT when a file is damaged
 * @throws LIMAML_ERR_EXPERIMENT_VALUES_FOREIGN, …_FILE_UNREADABLE
 *
 * @example
 * ```ts
 * const run = await openRun('out/runs/limaml/seed-1', registry);
 * await exportBundle(run, 'bundle');
 * ```
 */
export async function openRun(folder: string, registry: Registry): Promise<OpenedRun> {
  const files = runFiles(folder);
  const description = await readJson(files.description, (value) => descriptionSchema.parse(value));
  const encoders = await readJson(files.encoders, loadEncoders);
  const bytes = await readFileIfThere(files.values);
  if (!description || !encoders || !bytes) throw runMissing(folder);
  const { entry, support, fingerprint } = description;
  const { values, metadata } = decodeValues(files.values, bytes);
  if (metadata.fingerprint !== fingerprint) throw valuesForeign(files.values);
  return {
    model: registry.get('model', entry.model).create(encoders.schema, entry.options),
    plugin: { name: entry.model, options: entry.options },
    algorithm: algorithmOf(entry.algorithm, registry),
    schema: encoders.schema,
    encoders: encoders.toJSON(),
    params: values,
    support: { maxSize: support.maxSize, ...(support.window && { window: support.window }) },
    description,
  };
}

function describe({ spec, entry, seed, fingerprint, limits, ...run }: FinishedRun): RunDescription {
  const { window, maxSupport } = limits;
  return {
    format: 1,
    version: packageVersion(),
    createdAt: new Date().toISOString(),
    experiment: spec.name,
    dataset: spec.dataset,
    entity: spec.entity,
    seed,
    fingerprint,
    support: { maxSize: maxSupport, ...(window === undefined ? {} : { window }) },
    entry,
    algorithm: JSON.parse(JSON.stringify(run.algorithm)) as NonNullable<
      RunDescription['algorithm']
    >,
  };
}
