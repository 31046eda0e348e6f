import type { InteractionLog, Predictions, ReportPrediction } from '@limaml/plugin';
import { z } from 'zod';
import { readParquet, writeParquet } from '../parquet-file.js';
import type { SetPredictions } from './evaluate-sets.js';

/** One predicted row of a test set, and by whom. */
export interface PredictedRow extends ReportPrediction {
  /** Name of the model or baseline, as in the results. */
  readonly record: string;
}

/** What one model or baseline predicted. */
export interface RecordPredictions {
  readonly record: string;
  readonly predicted: readonly SetPredictions[];
}

/** Writes every predicted row of a run, so that metrics thought of later need no new training. */
export async function writePredictions(
  path: string,
  records: readonly RecordPredictions[],
  log: InteractionLog,
): Promise<void> {
  const rows = records.flatMap(({ record, predicted }) =>
    predicted.flatMap((part) => predictedRows(record, part, log)),
  );
  const column = <Name extends keyof PredictedRow>(name: Name, type: ColumnType) => ({
    name,
    type,
    data: rows.map((row) => row[name]),
  });
  const columnData = [
    ...[column('record', 'STRING'), column('set', 'STRING'), column('episode', 'INT32')],
    ...[column('task', 'STRING'), column('row', 'INT32'), column('timestamp', 'DOUBLE')],
    ...[column('support', 'INT32'), column('label', 'FLOAT'), column('score', 'FLOAT')],
    ...(log.trueProbability ? [column('truth', 'FLOAT')] : []),
  ];
  await writeParquet(path, columnData);
}

type ColumnType = 'STRING' | 'INT32' | 'DOUBLE' | 'FLOAT';

function predictedRows(
  record: string,
  { set, predictions }: SetPredictions,
  { trueProbability }: InteractionLog,
): PredictedRow[] {
  const { rows, timestamp, taskIds } = set.index;
  return set.episodes.flatMap((episode, e) =>
    Array.from({ length: episode.queryEnd - episode.queryStart }, (_, at) => {
      const row = rows[episode.queryStart + at]!;
      const place = predictions.offsets[e]! + at;
      return {
        ...{ record, set: set.name, episode: e, task: taskIds[episode.task]!, row },
        timestamp: timestamp[row]!,
        support: episode.supportEnd - episode.supportStart,
        label: predictions.label[place]!,
        score: predictions.score[place]!,
        ...(trueProbability && { truth: trueProbability[row]! }),
      };
    }),
  );
}

const rowSchema = z.object({
  ...{ record: z.string(), set: z.string(), task: z.string() },
  ...{ episode: z.number(), row: z.number(), timestamp: z.number(), support: z.number() },
  ...{ label: z.number(), score: z.number(), truth: z.number().exactOptional() },
});

/**
 * Reads the predictions of a run folder, `predictions.parquet`.
 *
 * @returns undefined where there is no such file: older versions wrote none
 * @throws LIMAML_ERR_EXPERIMENT_RECORD_CORRUPT, LIMAML_ERR_EXPERIMENT_FILE_UNREADABLE
 *
 * @example
 * ```ts
 * const rows = await readPredictions('out/runs/limaml/seed-1/predictions.parquet');
 * const main = rows?.filter(({ record, set }) => record === 'LiMAML' && set === 'test');
 * ```
 */
export function readPredictions(path: string): Promise<PredictedRow[] | undefined> {
  return readParquet(path, ([first, ...others]) =>
    first === undefined ? [] : [rowSchema.parse(first), ...(others as unknown as PredictedRow[])],
  );
}

/**
 * The predictions of one record on one test set, for metrics.
 *
 * @param seed breaks ties
 *
 * @example
 * ```ts
 * const value = mrr({ k: 5 }).evaluate(predictionsOf(rows, 'LiMAML', 'test', 1));
 * ```
 */
export function predictionsOf(
  rows: readonly PredictedRow[],
  record: string,
  set: string,
  seed: number,
): Predictions {
  const chosen = rows.filter((row) => row.record === record && row.set === set);
  const starts = chosen.flatMap((row, at) =>
    at === 0 || row.episode !== chosen[at - 1]!.episode ? [at] : [],
  );
  return {
    tasks: starts.length,
    offsets: Int32Array.from([...starts, chosen.length]),
    score: Float32Array.from(chosen, ({ score }) => score),
    label: Float32Array.from(chosen, ({ label }) => label),
    seed,
  };
}
