import { fingerprintOf } from '@limaml/data';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fileUnwritable, outExists, recordCorrupt, sweepForeign } from '../errors.js';
import { readFileIfThere, writeFileWhole } from '../files.js';
import { serialiseSpec } from '../run/results.js';
import type { SweepSpec } from './schema.js';

const headerSchema = z.strictObject({ format: z.literal(1), fingerprint: z.string() });

const trainedSchema = z.strictObject({
  trial: z.int().positive(),
  /** From 0. */
  rung: z.int().nonnegative(),
  /** Epochs that were trained in all; early stopping may have ended them before the rung's. */
  epochs: z.int().nonnegative(),
  /** The monitored metric on the validation tasks at the best epoch; null where there is none. */
  value: z.number().nullable(),
  /** Seconds of training in all. */
  seconds: z.number(),
  /** Code of the error that ended the trial. */
  failure: z.string().exactOptional(),
  /** Fingerprint of the data. */
  data: z.string().exactOptional(),
});

/** What one assignment of a sweep came to. */
export type TrainedTrial = z.infer<typeof trainedSchema>;

/** What a sweep has trained so far, in a file that grows line by line. */
export interface TrialLog {
  /** In the order in which they ended. */
  readonly trained: readonly TrainedTrial[];
  append(trained: TrainedTrial): Promise<void>;
}

/**
 * Opens the log of a sweep, `trials.jsonl`: a line says which sweep it is, every further one what was trained. A line
 * that was not written to its end, because the process was killed, is dropped.
 *
 * @throws LIMAML_ERR_EXPERIMENT_OUT_EXISTS when there is one already and `existing` does not say what to do
 * @throws LIMAML_ERR_EXPERIMENT_SWEEP_FOREIGN when it is that of another sweep; …_RECORD_CORRUPT, …_FILE_UNWRITABLE
 */
export async function openTrialLog(
  sweep: SweepSpec,
  out: string,
  existing: 'refuse' | 'resume' | 'overwrite',
): Promise<TrialLog> {
  const path = join(out, 'trials.jsonl');
  const fingerprint = sweepFingerprint(sweep);
  if (existing === 'overwrite') await removeSweep(out);
  const bytes = await readFileIfThere(path);
  if (bytes !== undefined && existing === 'refuse') throw outExists(out);
  const trained = bytes === undefined ? [] : readLines(path, bytes.toString('utf8'), fingerprint);
  const lines = [{ format: 1, fingerprint }, ...trained].map((line) => JSON.stringify(line));
  await writeFileWhole(path, `${lines.join('\n')}\n`);
  return {
    trained,
    async append(next) {
      trained.push(next);
      await appendFile(path, `${JSON.stringify(next)}\n`, { flush: true }).catch(
        (error: unknown) => {
          throw fileUnwritable(path, error);
        },
      );
    },
  };
}

function readLines(path: string, text: string, fingerprint: string): TrainedTrial[] {
  const [header, ...lines] = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  if (header === undefined) return [];
  try {
    const { fingerprint: own } = headerSchema.parse(JSON.parse(header));
    if (own !== fingerprint) throw sweepForeign(path);
    return lines.map((line) => trainedSchema.parse(JSON.parse(line)));
  } catch (error) {
    throw error instanceof SyntaxError || error instanceof z.ZodError
      ? recordCorrupt(path, error)
      : error;
  }
}

/** Identity of a sweep, number of trials included: with more of them the test tasks would be scored twice. */
function sweepFingerprint({ experiment, ...sweep }: SweepSpec): string {
  const spec = serialiseSpec({ ...experiment, seeds: experiment.seeds.slice(0, 1) });
  return fingerprintOf({ ...sweep, spec });
}

/** Checkpoints of another sweep would be gone on with, or refused. */
async function removeSweep(out: string): Promise<void> {
  for (const name of ['trials.jsonl', 'runs', 'winner', 'sweep.json']) {
    await rm(join(out, name), { recursive: true, force: true });
  }
}
