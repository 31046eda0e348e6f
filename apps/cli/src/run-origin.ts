import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const FILE = 'origin.json';

const originSchema = z.object({ spec: z.string(), data: z.record(z.string(), z.string()) });

/** Where the runs of an output folder came from: what later commands need not be told again. */
export type RunOrigin = z.infer<typeof originSchema>;

export async function writeOrigin(folder: string, origin: RunOrigin): Promise<void> {
  await writeFile(join(folder, FILE), `${JSON.stringify(origin, undefined, 2)}\n`);
}

/** Undefined where there is none that can be read: it only spares options. */
export async function readOrigin(folder: string): Promise<RunOrigin | undefined> {
  try {
    return originSchema.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
  } catch {
    return undefined;
  }
}
