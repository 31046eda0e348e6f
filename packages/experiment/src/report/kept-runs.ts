import type { ReportContext } from '@limaml/plugin';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readPredictions } from '../evaluation/predictions-file.js';
import { readJson } from '../files.js';
import { runFiles } from '../run/run-record.js';
import { newest, once } from '../run/once.js';

/** What of `metrics.json` says which models and baselines a run folder is about. */
const recordsSchema = z.looseObject({
  records: z.array(z.looseObject({ name: z.string(), seed: z.int() })),
});

/**
 * Reads what the runs of an output folder kept, when it is asked for. The predictions of one run are held at a
 * time: they may be millions of rows.
 */
export function openKeptRuns(out: string): Pick<ReportContext, 'predictions' | 'embeddings'> {
  const folders = once(() => runFolders(out));
  const rowsOf = newest((folder: string) => readPredictions(runFiles(folder).predictions));
  return {
    async predictions(model, seed) {
      const folder = (await folders()).get(keyOf(model, seed));
      const rows = folder === undefined ? undefined : await rowsOf(folder);
      return rows?.filter(({ record }) => record === model);
    },
    embeddings: () => Promise.resolve(undefined),
  };
}

/** The folder of every model and baseline with every seed: baselines have other names in results than in specs. */
async function runFolders(out: string): Promise<ReadonlyMap<string, string>> {
  const root = join(out, 'runs');
  const folders = new Map<string, string>();
  for (const run of await namesIn(root)) {
    for (const seed of await namesIn(join(root, run))) {
      const folder = join(root, run, seed);
      const kept = await readJson(runFiles(folder).metrics, (value) => recordsSchema.parse(value));
      for (const record of kept?.records ?? [])
        folders.set(keyOf(record.name, record.seed), folder);
    }
  }
  return folders;
}

function keyOf(model: string, seed: number): string {
  return `${seed} ${model}`;
}

/** Names of what is in a folder; none where there is no such folder. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
