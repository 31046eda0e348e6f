import type { MetricPlugin, Predictions } from '@limaml/plugin';
import { writeParquet } from '../parquet-file.js';
import type { SetPredictions } from './evaluate-sets.js';
import type { RecordPredictions } from './predictions-file.js';

/** Writes the metrics of every task of every test set; null where one task has none, such as AUC of one class. */
export async function writeTaskMetrics(
  path: string,
  records: readonly RecordPredictions[],
  metrics: readonly MetricPlugin[],
): Promise<void> {
  const parts = records.flatMap(({ record, predicted }) =>
    predicted.map((part) => ({ ...part, record })),
  );
  const of = <Value>(pick: (part: Part, task: number) => Value): Value[] =>
    parts.flatMap((part) => part.set.episodes.map((_, task) => pick(part, task)));
  const columnData = [
    { name: 'record', type: 'STRING' as const, data: of(({ record }) => record) },
    { name: 'set', type: 'STRING' as const, data: of(({ set }) => set.name) },
    { name: 'task', type: 'STRING' as const, data: of(taskId) },
    { name: 'support', type: 'INT32' as const, data: of(supportSize) },
    {
      name: 'rows',
      type: 'INT32' as const,
      data: of((part, task) => oneTask(part, task).label.length),
    },
    ...metrics.map((metric) => ({
      name: metric.name,
      type: 'DOUBLE' as const,
      data: of((part, task) => metric.evaluate(oneTask(part, task)) ?? null),
    })),
  ];
  await writeParquet(path, columnData);
}

type Part = SetPredictions & { readonly record: string };

function taskId({ set: { index, episodes } }: Part, task: number): string {
  return index.taskIds[episodes[task]!.task]!;
}

function supportSize({ set: { episodes } }: Part, task: number): number {
  const { supportStart, supportEnd } = episodes[task]!;
  return supportEnd - supportStart;
}

function oneTask({ predictions }: Part, task: number): Predictions {
  const [start, end] = [predictions.offsets[task]!, predictions.offsets[task + 1]!];
  return {
    tasks: 1,
    offsets: Int32Array.of(0, end - start),
    score: predictions.score.subarray(start, end),
    label: predictions.label.subarray(start, end),
    seed: predictions.seed,
  };
}
