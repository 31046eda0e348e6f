import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const FILE = 'origin.json';

const originSchema = z.object({ spec: z.string(), data: z.record(z.string(), z.string()) });

/** Where the runs of an output folder came from: what later commands need not be told again. */
export type RunOrigin = z.infer<typeof originSchema>;

/** Best effort, like reading it: the results are written, and what is lost can be given as options. */
export async function writeOrigin(folder: string, origin: RunOrigin): Promise<void> {
  const temporary = join(folder, `${FILE}.tmp`);
  try {
    await writeFile(temporary, `${JSON.stringify(origin, undefined, 2)}\n`, { flush: true });
    await rename(temporary, join(folder, FILE));
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Undefined where there is none that can be read: it only spares options. */
export async function readOrigin(folder: string): Promise<RunOrigin | undefined> {
  try {
    return originSchema.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
  } catch {
    return undefined;
  }
}
