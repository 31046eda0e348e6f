import {
  encodeTensors,
  type Algorithm,
  type AlgorithmDescription,
  type Model,
  type ParameterValues,
} from '@limaml/core';
import { loadEncoders, type Encoders, type EpisodeLimits } from '@limaml/data';
import type { FeatureSchema, JointModel, Registry } from '@limaml/plugin';
import { z } from 'zod';
import { runMissing, valuesForeign } from '../errors.js';
import { readFileIfThere, readJson, writeFileWhole, writeJson } from '../files.js';
import { modelEntrySchema, type ExperimentSpec, type ModelEntry } from '../spec/schema.js';
import { decodeValues } from '../training/checkpoint.js';
import { algorithmOf } from '../training/algorithm.js';
import { packageVersion } from '../version.js';
import { schemaOf } from './entry-data.js';
import { openJoint } from './open-joint.js';
import type { PreparedModel } from './prepare-model.js';
import { runFiles } from './run-record.js';

const supportSchema = z.strictObject({ maxSize: z.int(), window: z.number().exactOptional() });

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
  /** Fingerprint of the data; runs of earlier versions lack it. */
  data: z.string().exactOptional(),
  support: supportSchema,
  /** Support sizes of entity types beside `entity`, of a joint model. */
  entities: z.record(z.string(), supportSchema).exactOptional(),
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
  /** The dataset and its fingerprint; runs of earlier versions lack it. */
  readonly data?: { readonly name: string; readonly fingerprint: string };
  readonly description: RunDescription;
  /** Of a model of several entity types: `model` above is the view of the spec's entity. */
  readonly joint?: OpenedJoint;
}

/** A joint model of a run. */
export interface OpenedJoint {
  readonly model: JointModel;
  /** What belongs to each entity type, the primary one included. */
  readonly entities: Readonly<
    Record<string, Pick<OpenedRun, 'algorithm' | 'schema' | 'encoders' | 'support'>>
  >;
}

/** What {@link writeRun} keeps. */
export interface FinishedRun {
  readonly spec: ExperimentSpec;
  readonly entry: ModelEntry;
  readonly algorithm: AlgorithmDescription;
  readonly seed: number;
  readonly fingerprint: string;
  /** Fingerprint of the data. */
  readonly data: string;
  readonly limits: EpisodeLimits;
  readonly encoders: Encoders;
  readonly values: ParameterValues;
  readonly entities?: PreparedModel['entities'];
}

/** Writes everything that {@link openRun} reads. */
export async function writeRun(folder: string, run: FinishedRun): Promise<void> {
  const files = runFiles(folder);
  await writeFileWhole(files.values, encodeTensors(run.values, { fingerprint: run.fingerprint }));
  await writeJson(files.encoders, run.encoders);
  for (const [type, { encoders }] of Object.entries(run.entities ?? {})) {
    await writeJson(files.encodersOf(type), encoders);
  }
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
  const { entry, fingerprint, dataset, data } = description;
  const { values, metadata } = decodeValues(files.values, bytes);
  if (metadata.fingerprint !== fingerprint) throw valuesForeign(files.values);
  const joint = entry.entities && (await openJoint(folder, description, encoders, registry));
  const schema = schemaOf(entry, encoders.schema);
  const create = (): Model => registry.get('model', entry.model).create(schema, entry.options);
  return {
    model: joint ? joint.model.views[description.entity]! : create(),
    plugin: { name: entry.model, options: entry.options },
    algorithm: joint
      ? joint.entities[description.entity]!.algorithm
      : algorithmOf(entry.algorithm, registry),
    schema,
    encoders: encoders.toJSON(),
    params: values,
    support: description.support,
    ...(data !== undefined && { data: { name: dataset, fingerprint: data } }),
    description,
    ...(joint && { joint }),
  };
}

function describe(run: FinishedRun): RunDescription {
  const { spec, entry, seed, fingerprint, data, limits, entities } = run;
  return {
    format: 1,
    version: packageVersion(),
    createdAt: new Date().toISOString(),
    experiment: spec.name,
    dataset: spec.dataset,
    entity: spec.entity,
    seed,
    fingerprint,
    data,
    support: supportOfLimits(limits),
    ...(entities && { entities: supportsOf(entities) }),
    entry,
    algorithm: JSON.parse(JSON.stringify(run.algorithm)) as NonNullable<
      RunDescription['algorithm']
    >,
  };
}

function supportOfLimits({ maxSupport, window }: EpisodeLimits): z.output<typeof supportSchema> {
  return { maxSize: maxSupport, ...(window !== undefined && { window }) };
}

function supportsOf(
  entities: NonNullable<PreparedModel['entities']>,
): Record<string, z.output<typeof supportSchema>> {
  const supports = Object.entries(entities).map(([type, { limits }]) => [
    type,
    supportOfLimits(limits),
  ]);
  return Object.fromEntries(supports) as Record<string, z.output<typeof supportSchema>>;
}
