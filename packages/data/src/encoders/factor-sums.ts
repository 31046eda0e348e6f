import { factorise, invertFactorised, solveFactorised } from './cholesky.js';
import type { FactorModel, FactorRows } from './factor-model.js';
import { addTriangle, outerProducts, triangleSize, unpack } from './triangles.js';

/** What the M step needs of each candidate; no task is kept. */
export interface FactorSums {
  readonly count: Float64Array;
  /** Σ x and Σ x². */
  readonly value: Float64Array;
  readonly square: Float64Array;
  /** Σ (C_u + m_u m_uᵀ), `[candidates, K(K + 1)/2]`: lower triangles, row by row. */
  readonly second: Float64Array;
  /** Σ m_u and Σ m_u x, `[candidates, K]`. */
  readonly first: Float64Array;
  readonly crossed: Float64Array;
}

/** The E step: what the rows of all tasks say of each candidate. */
export function collectSums(rows: FactorRows, model: FactorModel): FactorSums {
  const { dim } = model;
  const candidates = model.mean.length;
  const sums: FactorSums = {
    count: new Float64Array(candidates),
    value: new Float64Array(candidates),
    square: new Float64Array(candidates),
    second: new Float64Array(candidates * triangleSize(dim)),
    first: new Float64Array(candidates * dim),
    crossed: new Float64Array(candidates * dim),
  };
  const posterior = createPosterior(model);
  for (let task = 0; task + 1 < rows.offsets.length; task++) {
    const [start, end] = [rows.offsets[task]!, rows.offsets[task + 1]!];
    if (start === end) continue;
    posterior.infer(rows, start, end);
    for (let at = start; at < end; at++) {
      addRow(sums, rows.candidate[at]!, rows.value[at]!, posterior);
    }
  }
  return sums;
}

/** Posterior of one task's w: mean m and second moment C + m mᵀ (a triangle). Buffers are reused. */
interface Posterior {
  readonly mean: Float64Array;
  readonly second: Float64Array;
  infer(rows: FactorRows, start: number, end: number): void;
}

function createPosterior({ dim, loadings, mean: level, noise }: FactorModel): Posterior {
  // Most of the work of an iteration, so it is done once.
  const products = outerProducts(loadings, dim);
  const second = new Float64Array(triangleSize(dim));
  const square = new Float64Array(dim * dim);
  const inverse = new Float64Array(dim * dim);
  const mean = new Float64Array(dim);
  const column = new Float64Array(dim);
  return {
    mean,
    second,
    infer(rows, start, end) {
      second.fill(0);
      mean.fill(0);
      for (let at = start; at < end; at++) {
        const candidate = rows.candidate[at]!;
        addTriangle(second, 0, products, candidate * second.length, second.length);
        const residual = (rows.value[at]! - level[candidate]!) / noise;
        for (let k = 0; k < dim; k++) mean[k]! += loadings[candidate * dim + k]! * residual;
      }
      unpack(second, square, dim, (value) => value / noise);
      for (let k = 0; k < dim; k++) square[k * dim + k]! += 1;
      factorise(square, dim);
      solveFactorised(square, dim, mean);
      invertFactorised(square, dim, inverse, column);
      packSecondMoment(inverse, mean, second);
    },
  };
}

function packSecondMoment(inverse: Float64Array, mean: Float64Array, into: Float64Array): void {
  const dim = mean.length;
  for (let row = 0, at = 0; row < dim; row++) {
    for (let k = 0; k <= row; k++) into[at++] = inverse[row * dim + k]! + mean[row]! * mean[k]!;
  }
}

function addRow(
  sums: FactorSums,
  candidate: number,
  value: number,
  { mean, second }: Posterior,
): void {
  const dim = mean.length;
  sums.count[candidate]!++;
  sums.value[candidate]! += value;
  sums.square[candidate]! += value * value;
  for (let k = 0; k < dim; k++) {
    sums.first[candidate * dim + k]! += mean[k]!;
    sums.crossed[candidate * dim + k]! += mean[k]! * value;
  }
  addTriangle(sums.second, candidate * second.length, second, 0, second.length);
}
