import { LIKELIHOODS, type LabelKind } from './label-kind.js';
import { newtonFit, newtonScratch, type NewtonScratch, type RegressionProblem } from './newton.js';

/** Vectors `[count, 1 + dim]`, a bias first: one side (entities or candidates) of a factorisation. */
export interface Side {
  readonly values: Float64Array;
  /** 1 + dim. */
  readonly width: number;
  /** Prior of every vector of this side: precision λ and mean of each component. */
  readonly precision: Float64Array;
  readonly priorMean: Float64Array;
}

/** Rows grouped by one side: group g owns entries offsets[g] … offsets[g + 1], each meeting `other[entry]`. */
export interface Groups {
  readonly offsets: Int32Array;
  readonly other: Int32Array;
  readonly label: Float32Array;
}

/**
 * Refits a vector of one side given the other, in place: for fixed partners it is a regression, logistic of clicks and
 * linear of numbers.
 *
 * @param start,end entries of `groups` that `weights` is fitted to
 */
export type Refit = (
  groups: Groups,
  start: number,
  end: number,
  weights: Float64Array,
  iterations: number,
) => void;

/**
 * Prepares refitting of vectors with prior `own` against partners `other`. The score of a row is
 * `b_own + b_other + ⟨v_own, v_other⟩`: the partner's bias is the offset, `[1, v_other]` the features.
 */
export function createRefit(own: Side, other: Side, labels: LabelKind): Refit {
  const likelihood = LIKELIHOODS[labels];
  const { width, precision, priorMean } = own;
  const scratch: NewtonScratch = newtonScratch(width);
  let rows = rowScratch(0, width);
  return (groups, start, end, weights, iterations) => {
    // The largest group is met once; from then on nothing is allocated.
    if (end - start > rows.label.length) rows = rowScratch(end - start, width);
    const { design, offset, label } = rows;
    for (let entry = start; entry < end; entry++) {
      const partner = groups.other[entry]! * width;
      const base = (entry - start) * width;
      offset[entry - start] = other.values[partner]!;
      label[entry - start] = groups.label[entry]!;
      design[base] = 1;
      for (let j = 1; j < width; j++) design[base + j] = other.values[partner + j]!;
    }
    const problem: RegressionProblem = {
      ...{ likelihood, rows: end - start, width, design, offset, label, precision, priorMean },
    };
    newtonFit(problem, weights, iterations, scratch);
  };
}

function rowScratch(
  rows: number,
  width: number,
): { design: Float64Array; offset: Float64Array; label: Float64Array } {
  return {
    design: new Float64Array(rows * width),
    offset: new Float64Array(rows),
    label: new Float64Array(rows),
  };
}

/** Groups the same rows by the other side (counting sort, stable). */
export function regroup(groups: Groups, count: number): Groups {
  const offsets = new Int32Array(count + 1);
  for (const partner of groups.other) offsets[partner + 1]!++;
  for (let g = 0; g < count; g++) offsets[g + 1]! += offsets[g]!;
  const next = offsets.slice(0, count);
  const other = new Int32Array(groups.other.length);
  const label = new Float32Array(groups.other.length);
  for (let g = 0; g + 1 < groups.offsets.length; g++) {
    for (let entry = groups.offsets[g]!; entry < groups.offsets[g + 1]!; entry++) {
      const slot = next[groups.other[entry]!]!++;
      other[slot] = g;
      label[slot] = groups.label[entry]!;
    }
  }
  return { offsets, other, label };
}
