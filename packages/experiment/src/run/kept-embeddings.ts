import type { ParameterValues } from '@limaml/core';
import type { Episode } from '@limaml/data';
import type { ReportEmbeddings } from '@limaml/plugin';
import { featureValue, writeEmbeddings } from '../evaluation/embeddings-file.js';
import { embedEpisodes, type EmbeddingSetup } from '../evaluation/embeddings.js';
import type { SetPredictions } from '../evaluation/evaluate-sets.js';
import { measureParity, type Parity } from '../evaluation/parity.js';
import { selectTasks } from '../evaluation/score-card.js';
import type { ExperimentData } from './experiment-data.js';

/** Tasks whose embeddings are kept, spread over all: a map of more shows no more. */
const KEPT = 2000;

/**
 * Writes the adapted meta embeddings of test tasks, with what is known of their entities, for a map of them, and
 * measures what scoring with them in place of the adapted network costs.
 */
export async function keepEmbeddings(
  path: string,
  setup: EmbeddingSetup & { readonly maxQuery: number },
  values: ParameterValues,
  { set: { index, episodes }, predictions }: SetPredictions,
  data: ExperimentData,
): Promise<Parity> {
  const stride = Math.ceil(episodes.length / KEPT);
  const isKept = (episode: number): boolean => episode % stride === 0;
  const kept = episodes.filter((_, at) => isKept(at));
  const embedding = { ...setup, encoded: { ...setup.encoded, tasks: index } };
  const vectors = await embedEpisodes(embedding, kept, values);
  const task = kept.map((episode) => index.taskIds[episode.task]!);
  await writeEmbeddings(path, { task, vectors, features: featuresOf(task, kept, data) });
  const stored = { episodes: kept, vectors, maxQuery: setup.maxQuery };
  return measureParity(embedding, stored, selectTasks(predictions, isKept), values);
}

function featuresOf(
  tasks: readonly string[],
  episodes: readonly Episode[],
  { log, entity }: ExperimentData,
): ReportEmbeddings['features'] {
  const support = episodes.map(({ supportStart, supportEnd }) => supportEnd - supportStart);
  const table = log.entities[entity.name];
  const rows = new Map(table?.ids.map((id, row) => [id, row]));
  const columns = Object.entries(table?.table.columns ?? {}).filter(
    ([, { kind }]) => kind !== 'list',
  );
  const features = columns.map(
    ([name, column]) =>
      [name, tasks.map((id) => featureValue(column, rows.get(id) ?? -1))] as const,
  );
  return { 'size of the support set': support, ...Object.fromEntries(features) };
}
