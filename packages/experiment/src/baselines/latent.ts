import { newtonFit, newtonScratch, type LogisticProblem, type NewtonScratch } from './newton.js';

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
 * Refits a vector of one side given the other, in place: for fixed partners it is a logistic regression.
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
 * Prepares refitting of vectors with prior `own` against partners `other`. The logit of a row is
 * `b_own + b_other + ⟨v_own, v_other⟩`: the partner's bias is the offset, `[1, v_other]` the features.
 */
export function createRefit(own: Side, other: Side, maxRows: number): Refit {
  const { width } = own;
  const scratch: NewtonScratch = newtonScratch(width);
  const design = new Float64Array(maxRows * width);
  const offset = new Float64Array(maxRows);
  const label = new Float64Array(maxRows);
  return (groups, start, end, weights, iterations) => {
    for (let entry = start; entry < end; entry++) {
      const partner = groups.other[entry]! * width;
      const base = (entry - start) * width;
      offset[entry - start] = other.values[partner]!;
      label[entry - start] = groups.label[entry]!;
      design[base] = 1;
      for (let j = 1; j < width; j++) design[base + j] = other.values[partner + j]!;
    }
    const { precision, priorMean } = own;
    const problem: LogisticProblem = {
      ...{ rows: end - start, width, design, offset, label, precision, priorMean },
    };
    newtonFit(problem, weights, iterations, scratch);
  };
}

/** Largest group, for sizing scratch space. */
export function largestGroup(offsets: Int32Array): number {
  let largest = 0;
  for (let g = 1; g < offsets.length; g++) {
    largest = Math.max(largest, offsets[g]! - offsets[g - 1]!);
  }
  return largest;
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
