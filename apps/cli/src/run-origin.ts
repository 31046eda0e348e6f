import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readRecord } from './read-record.js';

const FILE = 'origin.json';

const originSchema = z.object({ spec: z.string(), data: z.record(z.string(), z.string()) });

/** Where the runs of an output folder came from: what later commands need not be told again. */
export type RunOrigin = z.infer<typeof originSchema>;

/** Best effort: the results are written, and what is lost can be given as options. */
export async function writeOrigin(folder: string, origin: RunOrigin): Promise<void> {
  const temporary = join(folder, `${FILE}.tmp`);
  try {
    await writeFile(temporary, `${JSON.stringify(origin, undefined, 2)}\n`, { flush: true });
    await rename(temporary, join(folder, FILE));
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/**
 * Undefined where there is none: it only spares options.
 *
 * @throws LIMAML_ERR_CLI_RECORD_CORRUPT
 */
export function readOrigin(folder: string): Promise<RunOrigin | undefined> {
  const fix = 'Delete it, and say with --spec and --data what it would have told';
  return readRecord(join(folder, FILE), originSchema, fix);
}
