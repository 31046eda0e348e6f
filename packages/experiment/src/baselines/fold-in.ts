import type { BaselineInput, FittedBaseline, ObservedRows } from './baseline.js';
import type { LabelKind } from './label-kind.js';
import { createRefit, type Groups, type Side } from './latent.js';

/** Newton steps of a fold-in; from the prior mean it converges in about five. */
const FOLD_IN_STEPS = 10;

/**
 * Predicts an episode by fitting the entity's vector to the support set (fold-in) and scoring the query
 * rows with it: `b_u + b_i + ⟨v_u, v_i⟩`. Without support the vector is the prior mean.
 *
 * @param entity prior of the entity's vector
 * @param candidates fitted vectors of the candidates
 */
export function foldInBaseline(
  entity: Side,
  candidates: Side,
  labels: LabelKind,
  chosen: FittedBaseline['chosen'],
): FittedBaseline {
  const refit = createRefit(entity, candidates, labels);
  const weights = new Float64Array(entity.width);
  return {
    chosen,
    predict: (observed, { supportStart, supportEnd, queryStart, queryEnd }, into, at) => {
      const rows = observedGroups(observed);
      weights.set(entity.priorMean);
      refit(rows, supportStart, supportEnd, weights, FOLD_IN_STEPS);
      for (let row = queryStart; row < queryEnd; row++) {
        into[at + row - queryStart] = vectorScore(weights, candidates, rows.other[row]!);
      }
    },
  };
}

/** All tasks' rows, grouped by task. */
export function observedGroups({ offsets, candidate, label }: ObservedRows): Groups {
  return { offsets, other: candidate, label };
}

/** Rows of the training tasks only; group g is task `train[g]`. */
export function trainingGroups({ training: observed, train }: BaselineInput): Groups {
  const offsets = new Int32Array(train.length + 1);
  train.forEach((task, g) => {
    offsets[g + 1] = offsets[g]! + observed.offsets[task + 1]! - observed.offsets[task]!;
  });
  const other = new Int32Array(offsets[train.length]!);
  const label = new Float32Array(other.length);
  train.forEach((task, g) => {
    const [start, end] = [observed.offsets[task]!, observed.offsets[task + 1]!];
    other.set(observed.candidate.subarray(start, end), offsets[g]);
    label.set(observed.label.subarray(start, end), offsets[g]);
  });
  return { offsets, other, label };
}

function vectorScore(weights: Float64Array, candidates: Side, candidate: number): number {
  const base = candidate * candidates.width;
  let score = weights[0]! + candidates.values[base]!;
  for (let j = 1; j < weights.length; j++) score += weights[j]! * candidates.values[base + j]!;
  return score;
}
