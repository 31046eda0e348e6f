import { didYouMean, LimamlError } from '@limaml/errors';
import type { InteractionLog } from '@limaml/plugin';

/** Where a leak was found. */
export interface LeakPlace {
  readonly set: string;
  readonly task: string;
  readonly seed: number;
}

export function leakFound(problem: string, { set, task, seed }: LeakPlace): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_LEAK',
    what: `What is tested can be learnt in training: ${problem}`,
    where: { set, task, seed },
    expected: 'training rows, support sets and query sets that the split keeps apart',
    fix: 'Check that timestamps are right and that the entity plugin gives each row one task',
  });
}

export function candidateColumnMissing(
  { name, candidate, entities }: InteractionLog,
  column: string,
): LimamlError {
  const columns = Object.entries(entities[candidate]!.table.columns);
  const numeric = columns.filter(([, { kind }]) => kind === 'number').map(([key]) => key);
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_CANDIDATE_COLUMN',
    what: `The ${candidate} table has no numeric column "${column}" to tell new candidates by`,
    where: { dataset: name, field: 'split.newCandidates.column' },
    expected:
      numeric.length === 0 ? 'a numeric column; it has none' : `one of ${numeric.join(', ')}`,
    fix: didYouMean(column, numeric) || 'Name a numeric column, or give a share',
  });
}

export function cohortFeatureMissing(feature: string, known: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_COHORT_FEATURE',
    what: `The entity has no column "${feature}" to divide test tasks by`,
    where: { field: 'cohorts.features' },
    expected:
      known.length === 0 ? 'a column of the entity; it has none' : `one of ${known.join(', ')}`,
    fix: didYouMean(feature, known) || 'Name a column of the entity table',
  });
}
