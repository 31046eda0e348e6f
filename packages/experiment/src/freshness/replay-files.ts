import type { InteractionLog } from '@limaml/plugin';
import { readParquet, writeParquet } from '../parquet-file.js';
import type { PolicyPredictions, Replay } from './evaluate-freshness.js';
import { rankSlates, type TaskSlates } from './slates.js';

/** The replay of one model or baseline. */
export interface RecordReplay {
  readonly record: string;
  readonly replay: Replay;
}

/** What rankings of a task's slates came to under one policy of a model or baseline. */
export interface RankedSlates extends TaskSlates {
  readonly record: string;
  readonly policy: string;
}

/** Writes every replayed row under every policy, one row each. */
export async function writeReplay(
  path: string,
  records: readonly RecordReplay[],
  { trueProbability }: InteractionLog,
): Promise<void> {
  const rows = records.flatMap(({ record, replay }) =>
    replay.policies.flatMap((policy) => replayedPolicy(record, replay, policy)),
  );
  const column = <Name extends keyof ReplayedRow>(name: Name, type: ColumnType) => ({
    name,
    type,
    data: rows.map((row) => row[name]),
  });
  const truth = (): number[] => rows.map(({ row }) => trueProbability![row]!);
  const columnData = [
    ...[column('record', 'STRING'), column('policy', 'STRING'), column('task', 'STRING')],
    ...[column('row', 'INT32'), column('timestamp', 'DOUBLE'), column('distance', 'DOUBLE')],
    ...[column('slate', 'INT32'), column('support', 'INT32'), column('label', 'FLOAT')],
    column('score', 'FLOAT'),
    ...(trueProbability ? [{ name: 'truth', type: 'FLOAT' as const, data: truth() }] : []),
  ];
  await writeParquet(path, columnData);
}

type ColumnType = 'STRING' | 'INT32' | 'DOUBLE' | 'FLOAT';

interface ReplayedRow {
  readonly record: string;
  readonly policy: string;
  readonly task: string;
  /** Row of the log. */
  readonly row: number;
  readonly timestamp: number;
  readonly distance: number;
  /** First row of the log that was shown with it. */
  readonly slate: number;
  readonly support: number;
  readonly label: number;
  readonly score: number;
}

function replayedPolicy(
  record: string,
  { rows, label }: Replay,
  { policy, score, support }: PolicyPredictions,
): ReplayedRow[] {
  const { index, spans, offsets, position, slate, distance } = rows;
  return spans.flatMap(({ task }, s) =>
    Array.from({ length: offsets[s + 1]! - offsets[s]! }, (_, nth) => {
      const at = offsets[s]! + nth;
      const row = index.rows[position[at]!]!;
      return {
        ...{ record, policy, task: index.taskIds[task]!, row },
        ...{ timestamp: index.timestamp[row]!, distance: distance[at]! },
        ...{ slate: index.rows[slate[at]!]!, support: support[at]! },
        ...{ label: label[at]!, score: score[at]! },
      };
    }),
  );
}

/** Writes what rankings of simulated slates came to, a row for each record, policy and task. */
export async function writeSlates(
  path: string,
  records: readonly RecordReplay[],
  trueProbability: ArrayLike<number>,
): Promise<void> {
  const rows = records.flatMap(({ record, replay }) =>
    replay.policies.flatMap((policy) =>
      rankSlates(replay, policy, trueProbability).map((task) => ({
        ...task,
        record,
        policy: policy.policy,
      })),
    ),
  );
  const texts = (['record', 'policy', 'task'] as const).map((name) => ({
    name,
    type: 'STRING' as const,
    data: rows.map((row) => row[name]),
  }));
  const numbers = (['slates', 'ranked', 'best', 'random', 'logged'] as const).map((name) => ({
    name,
    type: 'DOUBLE' as const,
    data: rows.map((row) => row[name]),
  }));
  const columnData = [...texts, ...numbers];
  await writeParquet(path, columnData);
}

/**
 * What {@link writeSlates} wrote; [] where it did not.
 *
 * @throws LIMAML_ERR_EXPERIMENT_RECORD_CORRUPT, LIMAML_ERR_EXPERIMENT_FILE_UNREADABLE
 */
export async function readSlates(path: string): Promise<RankedSlates[]> {
  return (await readParquet(path, (rows) => rows as unknown as RankedSlates[])) ?? [];
}
