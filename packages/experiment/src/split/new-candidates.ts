import { createRandom, keepRows, type TaskIndex } from '@limaml/data';
import type { InteractionLog } from '@limaml/plugin';
import { candidateColumnMissing } from './errors.js';
import type { SplitSpec } from '../spec/schema.js';

/** The rows of a log's tasks, apart by whether training may see their candidates. */
export interface CandidateParts {
  readonly known: TaskIndex;
  /** Undefined where all candidates are known. */
  readonly fresh?: TaskIndex;
}

/** @throws LIMAML_ERR_EXPERIMENT_CANDIDATE_COLUMN */
export function partCandidates(
  log: InteractionLog,
  tasks: TaskIndex,
  rule: SplitSpec['newCandidates'],
  seed: number,
): CandidateParts {
  if (rule === null) return { known: tasks };
  const isNew = 'share' in rule ? drawn(log, rule.share, seed) : fromValue(log, rule);
  const refs = log.refs[log.candidate]!;
  const hasNew = (row: number): boolean => isNew[refs[row]!] === 1;
  return {
    known: keepRows(tasks, (row) => !hasNew(row)),
    fresh: keepRows(tasks, hasNew),
  };
}

/** Keeps the draw apart from those of the split and of the order of rows. */
const CANDIDATE_STREAM = 78;

function drawn(log: InteractionLog, share: number, seed: number): Uint8Array {
  const random = createRandom(seed, CANDIDATE_STREAM);
  const { ids } = log.entities[log.candidate]!;
  return Uint8Array.from(ids, () => Number(random.uniform() < share));
}

function fromValue(
  log: InteractionLog,
  rule: { readonly column: string; readonly from: number },
): Uint8Array {
  const { columns } = log.entities[log.candidate]!.table;
  const column = columns[rule.column];
  if (column?.kind !== 'number') throw candidateColumnMissing(log, rule.column);
  return Uint8Array.from(column.values, (value) => Number(value >= rule.from));
}
