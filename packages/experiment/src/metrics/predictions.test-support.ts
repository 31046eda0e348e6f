import type { Predictions } from '@limaml/plugin';
import fc from 'fast-check';

/** Predictions of tasks given as rows of [score, label]. */
export function predictionsOf(
  ...tasks: readonly (readonly (readonly [number, number])[])[]
): Predictions {
  const rows = tasks.flat();
  const offsets = new Int32Array(tasks.length + 1);
  tasks.forEach((task, t) => (offsets[t + 1] = offsets[t]! + task.length));
  return {
    tasks: tasks.length,
    offsets,
    score: Float32Array.from(rows, ([score]) => score),
    label: Float32Array.from(rows, ([, label]) => label),
    seed: 1,
  };
}

/** Rows of one task; few distinct scores, so that ties are common. */
export const tiedRows = fc.array(
  fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 1 })),
  { minLength: 1, maxLength: 30 },
);

/** Rows of several tasks with scores that all differ. */
export const rankedTasks = fc.array(
  fc
    .uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 12 })
    .chain((scores) =>
      fc
        .array(fc.integer({ min: 0, max: 1 }), {
          minLength: scores.length,
          maxLength: scores.length,
        })
        .map((labels) => scores.map((score, at) => [score, labels[at]!] as const)),
    ),
  { minLength: 1, maxLength: 5 },
);
