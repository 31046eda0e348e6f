import type { TaskIndex } from '@limaml/data';
import type { InteractionLog } from '@limaml/plugin';
import type { ObservedRows } from './baseline.js';

/** What host-side baselines see: candidate and label of each position of a task index. */
export function observeRows(log: InteractionLog, tasks: TaskIndex): ObservedRows {
  const candidates = log.entities[log.candidate]!.ids.length;
  const refs = log.refs[log.candidate]!;
  return {
    candidates: candidates + 1,
    candidate: tasks.rows.map((row) => (refs[row]! < 0 ? candidates : refs[row]!)),
    label: Float32Array.from(tasks.rows, (row) => log.label[row]!),
    offsets: tasks.offsets,
    ...(log.trueProbability && {
      truth: Float32Array.from(tasks.rows, (row) => log.trueProbability![row]!),
    }),
  };
}
