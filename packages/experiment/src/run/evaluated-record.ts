import type { EvaluationContext, SetPredictions } from '../evaluation/evaluate-sets.js';
import { writePredictions } from '../evaluation/predictions-file.js';
import { writeTaskMetrics } from '../evaluation/task-metrics-file.js';
import type { JobContext } from './job.js';
import { runFiles, type RunRecord } from './run-record.js';

/** What a run came to, with all it predicted. */
export interface EvaluatedRecord {
  readonly record: RunRecord;
  readonly predicted: readonly SetPredictions[];
}

/** What evaluating the runs of one seed needs. */
export async function evaluationContext(
  seed: number,
  context: JobContext,
): Promise<EvaluationContext> {
  const { spec, metrics } = context;
  return { spec, metrics, data: await context.data(), seedData: await context.seedData(seed) };
}

/** Writes what was predicted, row by row, and the metrics of each task. */
export async function keepPredictions(
  folder: string,
  evaluated: readonly EvaluatedRecord[],
  { data, metrics }: JobContext,
): Promise<void> {
  const { log } = await data();
  const files = runFiles(folder);
  const records = evaluated.map(({ record, predicted }) => ({ record: record.name, predicted }));
  await writePredictions(files.predictions, records, log);
  await writeTaskMetrics(files.tasks, records, metrics);
}
