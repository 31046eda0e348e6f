import { runFolder } from '@limaml/experiment';
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { optionInvalid, runFolderMissing } from './errors.js';
import { readRecord } from './read-record.js';
import { readOrigin, type RunOrigin } from './run-origin.js';

/** A run folder and where its experiment came from. */
export interface FoundRun {
  readonly folder: string;
  readonly origin: RunOrigin | undefined;
}

/** Of `spec.json` in an output folder. */
const outputSpec = z.object({
  models: z.array(z.object({ name: z.string() })),
  seeds: z.array(z.int()).min(1),
});

/**
 * Finds a run: `path` is its folder, or the output folder of an experiment, of which model and seed name
 * one (default: the first model with the first seed).
 */
export async function findRun(
  path: string,
  { model, seed }: { readonly model?: string; readonly seed?: number },
): Promise<FoundRun> {
  if (await isFile(join(path, 'run.json'))) {
    // <out>/runs/<model>/seed-<n>
    return { folder: path, origin: await readOrigin(dirname(dirname(dirname(resolve(path))))) };
  }
  const { models, seeds } = await readOutputSpec(path);
  const names = models.map(({ name }) => name);
  const name = model ?? names[0];
  if (name === undefined || !names.includes(name)) {
    throw optionInvalid('--model', name ?? 'nothing', `one of ${names.join(', ') || 'no models'}`);
  }
  return { folder: runFolder(path, name, seed ?? seeds[0]!), origin: await readOrigin(path) };
}

async function readOutputSpec(path: string): Promise<z.infer<typeof outputSpec>> {
  const fix = 'Name the run folder itself, OUT/runs/<model>/seed-<n>';
  const spec = await readRecord(join(path, 'spec.json'), outputSpec, fix);
  if (spec === undefined) throw runFolderMissing(path);
  return spec;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
