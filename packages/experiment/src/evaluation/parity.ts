import { scoreProgram, type ParameterValues } from '@limaml/core';
import type { Episode } from '@limaml/data';
import { bindDims, type TensorMap } from '@limaml/graph';
import type { Predictions } from '@limaml/plugin';
import { createBatchFeeder } from '../training/batch-feeds.js';
import { usesSharedMemory } from '../training/memory.js';
import { createProgramRunner } from '../training/program-runner.js';
import type { EmbeddingSetup } from './embeddings.js';

/** How far scores from stored embeddings are from those of the adapted network. */
export interface Parity {
  /** Numbers D of a stored embedding. */
  readonly embeddingDim: number;
  /** Query rows scored both ways. */
  readonly rows: number;
  /** Largest difference of a logit. */
  readonly maxDifference: number;
}

/** Tasks of a batch. */
const TASKS = 64;

/**
 * Scores query rows from meta embeddings alone, as a server does, and compares the logits with those of the network
 * that adapted: `max |g(e_i ; x) − f(θ'_i ; x)|`. What is lost by storing a vector per entity in place of a network.
 *
 * @param vectors `[D]` of each episode, as stored
 * @param predictions of the adapted network on the same episodes
 * @param maxQuery rows of a query set, at most
 */
export async function measureParity(
  { model, executor, encoded }: EmbeddingSetup,
  { episodes, vectors, maxQuery }: StoredEpisodes,
  predictions: Predictions,
  values: ParameterValues,
): Promise<Parity> {
  const program = bindDims(scoreProgram(model), { T: TASKS, N: maxQuery });
  const runner = createProgramRunner(executor, program, `score ${model.name}`);
  const sizes = { tasks: TASKS, support: 0, query: maxQuery };
  const feeder = createBatchFeeder(model, encoded, sizes, usesSharedMemory(executor));
  let maxDifference = 0;
  try {
    for (let first = 0; first < episodes.length; first += TASKS) {
      const batch = feeder.assemble(episodes.slice(first, first + TASKS));
      const embedding = stack(vectors.slice(first, first + TASKS), model.embeddingDim);
      const rows = { ...values, ...feeder.gatherRows(batch, values) };
      const { logits } = await runner.run({ ...rows, ...candidateFeeds(batch.feeds), embedding });
      const from = { first, maxQuery };
      const found = largestDifference(logits!.data as Float32Array, predictions, from);
      maxDifference = Math.max(maxDifference, found);
    }
  } finally {
    await runner.dispose();
  }
  return { embeddingDim: model.embeddingDim, rows: predictions.label.length, maxDifference };
}

/** Episodes and what is stored of them. */
export interface StoredEpisodes {
  readonly episodes: readonly Episode[];
  readonly vectors: readonly Float32Array[];
  readonly maxQuery: number;
}

function stack(vectors: readonly Float32Array[], dim: number): TensorMap[string] {
  const data = new Float32Array(TASKS * dim);
  vectors.forEach((vector, task) => {
    data.set(vector, task * dim);
  });
  return { dtype: 'float32', shape: [TASKS, dim], data };
}

/** Online, the rows to score are all there is: their features have no part of an episode in their names. */
function candidateFeeds(feeds: TensorMap): TensorMap {
  const rows = Object.entries(feeds).filter(([name]) => name.startsWith('query/row.'));
  return Object.fromEntries(rows.map(([name, feed]) => [name.slice('query/'.length), feed]));
}

function largestDifference(
  logits: Float32Array,
  { tasks, offsets, score }: Predictions,
  { first, maxQuery }: { readonly first: number; readonly maxQuery: number },
): number {
  let largest = 0;
  for (let task = first; task < Math.min(tasks, first + TASKS); task++) {
    const [start, end] = [offsets[task]!, offsets[task + 1]!];
    for (let row = start; row < end; row++) {
      const scored = logits[(task - first) * maxQuery + row - start]!;
      largest = Math.max(largest, Math.abs(scored - score[row]!));
    }
  }
  return largest;
}
