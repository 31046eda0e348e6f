import { createCohorts } from '../evaluation/cohorts.js';
import type { EvaluationContext, SetPredictions } from '../evaluation/evaluate-sets.js';
import { writePredictions } from '../evaluation/predictions-file.js';
import { writeTaskMetrics } from '../evaluation/task-metrics-file.js';
import type { Replay } from '../freshness/evaluate-freshness.js';
import { writeReplay, writeSlates } from '../freshness/replay-files.js';
import { planReplay, type ReplayPlan } from '../freshness/plan-replay.js';
import type { JobContext } from './job.js';
import { runFiles, type RunRecord } from './run-record.js';

/** What a run came to, with all it predicted. */
export interface EvaluatedRecord {
  readonly record: RunRecord;
  readonly predicted: readonly SetPredictions[];
  /** Where the spec has refresh policies. */
  readonly replay?: Replay;
}

/** What all runs of one seed are evaluated on. */
export interface RunEvaluation extends EvaluationContext {
  /** Where the spec has refresh policies. */
  readonly replay?: ReplayPlan;
}

/**
 * What evaluating the runs of one seed needs. To be made before anything is trained: it finds what is wrong with
 * cohorts.
 *
 * @throws LIMAML_ERR_EXPERIMENT_COHORT_FEATURE
 */
export async function evaluationContext(seed: number, context: JobContext): Promise<RunEvaluation> {
  const { spec, metrics } = context;
  const seedData = await context.seedData(seed);
  const cohorts = createCohorts(spec, await context.data(), seedData, seedData.tests[0]);
  const replay = planReplay(spec, seedData);
  return { tests: seedData.tests, cohorts, metrics, ...(replay && { replay }) };
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
  const replays = evaluated.flatMap(({ record, replay }) =>
    replay === undefined ? [] : [{ record: record.name, replay }],
  );
  if (replays.length === 0) return;
  await writeReplay(files.replay, replays, log);
  if (log.trueProbability) await writeSlates(files.slates, replays, log.trueProbability);
}
