import { adaptProgram, type Algorithm, type Model, type ParameterValues } from '@limaml/core';
import type { EncodedLog, Episode } from '@limaml/data';
import { bindDims, type Executor } from '@limaml/graph';
import { createBatchFeeder } from '../training/batch-feeds.js';
import { usesSharedMemory } from '../training/memory.js';
import { createProgramRunner } from '../training/program-runner.js';

/** Tasks of a batch. */
const TASKS = 64;

/** What {@link embedEpisodes} adapts, and with what. */
export interface EmbeddingSetup {
  readonly model: Model;
  readonly algorithm: Algorithm;
  readonly executor: Executor;
  /** Its tasks are what the episodes' positions refer to. */
  readonly encoded: EncodedLog;
  /** Rows of a support set, at most. */
  readonly maxSupport: number;
}

/**
 * Meta embeddings `[D]` of episodes after adaptation to their support sets.
 *
 * @param values parameters and whole tables by program input name
 */
export async function embedEpisodes(
  { model, algorithm, executor, encoded, maxSupport }: EmbeddingSetup,
  episodes: readonly Episode[],
  values: ParameterValues,
): Promise<readonly Float32Array[]> {
  const program = bindDims(adaptProgram(model, algorithm), { T: TASKS });
  const runner = createProgramRunner(executor, program, `adapt ${model.name}`);
  const sizes = { tasks: TASKS, support: maxSupport, query: 0 };
  const feeder = createBatchFeeder(model, encoded, sizes, usesSharedMemory(executor));
  const vectors: Float32Array[] = [];
  try {
    for (let first = 0; first < episodes.length; first += TASKS) {
      const batch = feeder.assemble(episodes.slice(first, first + TASKS));
      const rows = feeder.gatherRows(batch, values);
      const { embedding } = await runner.run({ ...values, ...rows, ...batch.feeds });
      vectors.push(...rowsOf(embedding!.data as Float32Array));
    }
  } finally {
    await runner.dispose();
  }
  // The last batch is filled up with tasks that are none.
  return vectors.slice(0, episodes.length);
}

/** Copies: the runner writes the next batch to the same place. */
function rowsOf(embeddings: Float32Array): readonly Float32Array[] {
  const size = embeddings.length / TASKS;
  return Array.from({ length: TASKS }, (_, task) =>
    embeddings.slice(task * size, (task + 1) * size),
  );
}
