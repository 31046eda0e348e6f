import type { ReportContext } from '@limaml/plugin';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readEmbeddings } from '../evaluation/embeddings-file.js';
import { readPredictions } from '../evaluation/predictions-file.js';
import { readJson } from '../files.js';
import { runFiles } from '../run/run-record.js';
import { newest, once } from '../run/once.js';

/** What of `metrics.json` says which models and baselines a run folder is about. */
const recordsSchema = z.looseObject({
  records: z.array(z.looseObject({ name: z.string(), kind: z.string(), seed: z.int() })),
});

/** Where a model or baseline with one seed is kept. */
interface KeptRun {
  readonly folder: string;
  readonly kind: string;
}

/**
 * Reads what the runs of an output folder kept, when it is asked for. The predictions of one run are held at a
 * time: they may be millions of rows.
 */
export function openKeptRuns(out: string): Pick<ReportContext, 'predictions' | 'embeddings'> {
  const runs = once(() => keptRuns(out));
  const rowsOf = newest((folder: string) => readPredictions(runFiles(folder).predictions));
  return {
    async predictions(model, seed) {
      const run = (await runs()).get(keyOf(model, seed));
      const rows = run && (await rowsOf(run.folder));
      return rows?.filter(({ record }) => record === model);
    },
    async embeddings(model, seed) {
      const run = (await runs()).get(keyOf(model, seed));
      // A prior shares the folder of its model, and has other embeddings.
      return run?.kind === 'model' ? readEmbeddings(runFiles(run.folder).embeddings) : undefined;
    },
  };
}

/** The run of every model and baseline with every seed: baselines have other names in results than in specs. */
async function keptRuns(out: string): Promise<ReadonlyMap<string, KeptRun>> {
  const root = join(out, 'runs');
  const runs = new Map<string, KeptRun>();
  for (const run of await foldersIn(root)) {
    for (const folder of await foldersIn(run)) {
      const kept = await readJson(runFiles(folder).metrics, (value) => recordsSchema.parse(value));
      for (const { name, seed, kind } of kept?.records ?? [])
        runs.set(keyOf(name, seed), { folder, kind });
    }
  }
  return runs;
}

function keyOf(model: string, seed: number): string {
  return `${seed} ${model}`;
}

/** Paths of the folders in a folder; none where there is no such folder. */
async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}
