import { join } from 'node:path';
import { fingerprintOf } from '@limaml/data';
import { z } from 'zod';
import { readJson, writeJson } from '../files.js';
import { freshnessCardSchema } from '../freshness/freshness-record.js';
import { timingsSchema } from '../training/timings.js';

/** Version of the files of a run folder. */
const RUN_FORMAT = 2;

const metricValues = z.record(z.string(), z.number().nullable());

const recordSchema = z.strictObject({
  /** Name in the results. */
  name: z.string(),
  kind: z.enum(['model', 'prior', 'baseline']),
  seed: z.int(),
  metrics: metricValues,
  cohorts: z
    .array(
      z.strictObject({ by: z.string(), name: z.string(), tasks: z.int(), metrics: metricValues }),
    )
    .readonly(),
  /** Results on further test sets. */
  tests: z
    .array(
      z.strictObject({
        name: z.string(),
        trained: z.enum(['entities', 'rows']).exactOptional(),
        tasks: z.int(),
        rows: z.int(),
        metrics: metricValues,
      }),
    )
    .readonly()
    .exactOptional(),
  /** Replay under every refresh policy. */
  freshness: freshnessCardSchema.exactOptional(),
  /** Hyper-parameters that were chosen on the validation tasks. */
  chosen: z.record(z.string(), z.number()).exactOptional(),
  /** How training went: mean loss and monitored metric by epoch, and the epoch that was kept. */
  training: z
    .strictObject({
      bestEpoch: z.int(),
      history: z
        .array(z.strictObject({ loss: z.number(), monitored: z.number().nullable() }))
        .readonly(),
    })
    .exactOptional(),
  /** Where the time of training went. */
  timings: timingsSchema.exactOptional(),
  /** How far scores from stored embeddings are from those of the adapted network. */
  parity: z
    .strictObject({ embeddingDim: z.int(), rows: z.int(), maxDifference: z.number() })
    .exactOptional(),
  /** Seconds of fitting or training. */
  seconds: z.number(),
  /** Most memory that the process had held by then, in bytes. */
  peakMemory: z.number().exactOptional(),
});

/** What one run of one model or baseline came to. */
export type RunRecord = z.infer<typeof recordSchema>;

const fileSchema = z.strictObject({
  format: z.literal(RUN_FORMAT),
  fingerprint: z.string(),
  records: z.array(recordSchema),
});

/** Folder of one run of one model or baseline. */
export function runFolder(out: string, name: string, seed: number): string {
  return join(out, 'runs', slug(name), `seed-${seed}`);
}

/** Names of the files of a run folder. */
export function runFiles(folder: string): {
  readonly description: string;
  readonly encoders: string;
  /** Encoders of an entity type beside the spec's. */
  readonly encodersOf: (type: string) => string;
  readonly checkpoint: string;
  readonly values: string;
  readonly metrics: string;
  readonly predictions: string;
  /** Metrics of each task. */
  readonly tasks: string;
  readonly embeddings: string;
  /** Every replayed row under every refresh policy. */
  readonly replay: string;
  /** What rankings of simulated slates came to. */
  readonly slates: string;
} {
  return {
    description: join(folder, 'run.json'),
    encoders: join(folder, 'encoders.json'),
    encodersOf: (type) => join(folder, `encoders.${type}.json`),
    checkpoint: join(folder, 'checkpoint.safetensors'),
    values: join(folder, 'model.safetensors'),
    metrics: join(folder, 'metrics.json'),
    predictions: join(folder, 'predictions.parquet'),
    embeddings: join(folder, 'embeddings.parquet'),
    tasks: join(folder, 'tasks.parquet'),
    replay: join(folder, 'replay.parquet'),
    slates: join(folder, 'slates.parquet'),
  };
}

/** Writes what a run came to. It is the last file of a run: its presence says that the run is finished. */
export function writeRecords(
  folder: string,
  fingerprint: string,
  records: readonly RunRecord[],
): Promise<void> {
  return writeJson(runFiles(folder).metrics, { format: RUN_FORMAT, fingerprint, records });
}

/**
 * What a finished run came to.
 *
 * @returns undefined when it is not finished, or was run with something else
 * @throws LIMAML_ERR_EXPERIMENT_RECORD_CORRUPT
 */
export async function readRecords(
  folder: string,
  fingerprint: string,
): Promise<readonly RunRecord[] | undefined> {
  const file = await readJson(runFiles(folder).metrics, (value) => fileSchema.parse(value));
  return file?.fingerprint === fingerprint ? file.records : undefined;
}

/** A name as part of a path; two names that would collide are told apart by a checksum. */
function slug(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const exact = plain.replaceAll('-', ' ') === name.toLowerCase();
  return exact ? plain : `${plain}-${fingerprintOf(name).slice(0, 6)}`;
}
