import { factorise, solveFactorised } from './cholesky.js';

/** What is known of each candidate beside its interactions: a sparse row of ones and numbers. */
export interface ContentRows {
  /** Columns of the design matrix, the constant included. */
  readonly width: number;
  /** Candidate c has entries offsets[c] … offsets[c + 1]. */
  readonly offsets: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

const RIDGE = 3;
/** Rows from which on a candidate counts fully. */
const FULL_WEIGHT = 200;

/**
 * Ridge regression of loadings on content, `B = (XᵀWX + 3I)⁻¹ XᵀWV` with `W = min(n, 200) / 200`,
 * evaluated at each candidate: `P = X·B`. What a candidate's loadings are drawn to.
 * @param loadings V, `[candidates, dim]`
 */
export function contentPrior(
  content: ContentRows,
  count: ArrayLike<number>,
  loadings: Float64Array,
  dim: number,
): Float64Array {
  const coefficients = fitContent(content, count, loadings, dim);
  const prior = new Float64Array(loadings.length);
  forEachEntry(content, (candidate, column, value) => {
    for (let k = 0; k < dim; k++) {
      prior[candidate * dim + k]! += value * coefficients[k]![column]!;
    }
  });
  return prior;
}

/** B, one column per dimension. */
function fitContent(
  content: ContentRows,
  count: ArrayLike<number>,
  loadings: Float64Array,
  dim: number,
): Float64Array[] {
  const { width } = content;
  const normal = new Float64Array(width * width);
  const right = Array.from({ length: dim }, () => new Float64Array(width));
  for (let column = 0; column < width; column++) normal[column * width + column] = RIDGE;
  forEachEntry(content, (candidate, column, value) => {
    const weighted = (value * Math.min(count[candidate]!, FULL_WEIGHT)) / FULL_WEIGHT;
    if (weighted === 0) return;
    for (let at = content.offsets[candidate]!; at < content.offsets[candidate + 1]!; at++) {
      normal[column * width + content.columns[at]!]! += weighted * content.values[at]!;
    }
    for (let k = 0; k < dim; k++) right[k]![column]! += weighted * loadings[candidate * dim + k]!;
  });
  factorise(normal, width);
  for (const vector of right) solveFactorised(normal, width, vector);
  return right;
}

function forEachEntry(
  { offsets, columns, values }: ContentRows,
  visit: (candidate: number, column: number, value: number) => void,
): void {
  for (let candidate = 0; candidate + 1 < offsets.length; candidate++) {
    for (let at = offsets[candidate]!; at < offsets[candidate + 1]!; at++) {
      visit(candidate, columns[at]!, values[at]!);
    }
  }
}
