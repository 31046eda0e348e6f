import { decodeTensors, encodeTensors, type ParameterValues } from '@limaml/core';
import type { TensorMap } from '@limaml/graph';
import { z } from 'zod';
import { checkpointCorrupt, checkpointForeign } from '../errors.js';
import { readFileIfThere, writeFileWhole } from '../files.js';
import { prefixed, unprefixed } from './tensor-names.js';
import { timingsSchema } from './timings.js';

/** How far training has come. All counts start at 0. */
const progressSchema = z.strictObject({
  /** Epoch to go on with, and steps of it already taken. */
  epoch: z.int().nonnegative(),
  step: z.int().nonnegative(),
  /** Outer steps taken in all. */
  totalSteps: z.int().nonnegative(),
  /** Sum of the losses of this epoch's steps so far. */
  lossSum: z.number(),
  /** Finished epochs: mean training loss, and the monitored metric on the validation tasks. */
  history: z
    .array(z.strictObject({ loss: z.number(), monitored: z.number().nullable() }))
    .readonly(),
  /** Epoch with the best monitored metric so far, −1 before the first. */
  bestEpoch: z.int(),
  /** Seconds of training so far. */
  seconds: z.number(),
  timings: timingsSchema,
});

/** How far training has come. */
export type TrainingProgress = z.infer<typeof progressSchema>;

/** All that training needs to go on as if it had not stopped. */
export interface Checkpoint {
  readonly progress: TrainingProgress;
  /** `Weights.state`. */
  readonly state: ParameterValues;
  /** Weights of the best epoch so far; empty before the first. */
  readonly best: ParameterValues;
}

/**
 * Writes a checkpoint under a temporary name and renames it, so that an older checkpoint survives a full
 * disk or a crash half-way.
 *
 * @param fingerprint identity of what is trained on what; reading with another one is refused
 * @throws LIMAML_ERR_EXPERIMENT_FILE_UNWRITABLE; the older checkpoint is then intact
 */
export async function writeCheckpoint(
  path: string,
  fingerprint: string,
  { progress, state, best }: Checkpoint,
): Promise<void> {
  const tensors = { ...prefixed('state/', state), ...prefixed('best/', best) };
  const metadata = { fingerprint, progress: JSON.stringify(progress) };
  await writeFileWhole(path, encodeTensors(tensors, metadata));
}

/**
 * Reads a checkpoint.
 *
 * @returns undefined when there is none
 * @throws LIMAML_ERR_EXPERIMENT_CHECKPOINT_CORRUPT when it is truncated or damaged
 * @throws LIMAML_ERR_EXPERIMENT_CHECKPOINT_FOREIGN when something else was trained
 */
export async function readCheckpoint(
  path: string,
  fingerprint: string,
): Promise<Checkpoint | undefined> {
  const bytes = await readFileIfThere(path);
  if (bytes === undefined) return undefined;
  const { values, metadata } = decodeValues(path, bytes);
  if (metadata.fingerprint !== fingerprint) throw checkpointForeign(path);
  return {
    progress: parseProgress(path, metadata.progress),
    state: unprefixed('state/', values),
    best: unprefixed('best/', values),
  };
}

/**
 * Decodes a file of float tensors.
 *
 * @throws LIMAML_ERR_EXPERIMENT_CHECKPOINT_CORRUPT naming the file
 */
export function decodeValues(
  path: string,
  bytes: Uint8Array,
): { values: ParameterValues; metadata: Readonly<Record<string, string>> } {
  try {
    const { tensors, metadata } = decodeTensors(bytes);
    return { values: floatTensors(tensors), metadata };
  } catch (error) {
    throw checkpointCorrupt(path, error);
  }
}

function floatTensors(tensors: TensorMap): ParameterValues {
  const other = Object.entries(tensors).find(([, { dtype }]) => dtype !== 'float32');
  if (other !== undefined) throw new TypeError(`${other[0]} holds ${other[1].dtype}`);
  return tensors as ParameterValues;
}

function parseProgress(path: string, json: string | undefined): TrainingProgress {
  try {
    return progressSchema.parse(JSON.parse(json ?? ''));
  } catch (error) {
    throw checkpointCorrupt(path, error);
  }
}
