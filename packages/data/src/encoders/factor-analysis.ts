import { createRandom } from '../random.js';
import { factorise, invertFactorised, solveFactorised } from './cholesky.js';
import { contentPrior } from './content-prior.js';
import type { ContentRows } from './content-prior.js';

/** Outcomes of training rows, grouped by task. */
export interface FactorRows {
  /** Task t owns entries offsets[t] … offsets[t + 1]. */
  readonly offsets: Int32Array;
  /** Candidate of each entry. */
  readonly candidate: Int32Array;
  /** Standardised outcome x of each entry. */
  readonly value: Float64Array;
}

/** A fitted factor model `x = μ_i + ⟨V_i, w_u⟩ + noise`, with `w_u ~ N(0, I)`. */
export interface FactorModel {
  /** K: factors, the first one made to carry how much a task likes everything. */
  readonly dim: number;
  /** V, `[candidates, K]`. */
  readonly loadings: Float64Array;
  /** μ, per candidate. */
  readonly mean: Float64Array;
  /** Variance s² of the noise. */
  readonly noise: number;
}

/** How the model is fitted. */
export interface FactorFit {
  /** Model to go on from. Default: a random one, which takes more iterations. */
  readonly start?: FactorModel;
  readonly iterations: number;
  /** Precision ι of the prior on loadings: how strongly they are drawn to what content says. */
  readonly precision: number;
  readonly content: ContentRows;
}

/** Pseudo-rows of a candidate's mean, which is drawn to 0. */
const MEAN_ROWS = 5;
/** Prior variance of how much tasks differ in liking everything. */
const LEVEL_VARIANCE = 0.15;

/**
 * Fits the model by EM. One iteration, with the rows of task u and of candidate i:
 *
 * ```
 * E:  C_u = (VᵀV/s² + I)⁻¹,  m_u = C_u Vᵀ(x − μ)/s²
 * M:  V_i = (Σ_u (C_u + m_u m_uᵀ) + ιI)⁻¹ (Σ_u m_u (x − μ_i) + ι P_i)
 *     μ_i = Σ_u (x − ⟨m_u, V_i⟩) / (n_i + 5)
 *     s²  = Σ [(x − μ_i − ⟨m_u, V_i⟩)² + V_iᵀ C_u V_i] / rows
 * ```
 *
 * with P the content prior. Marginalising over w_u is what keeps tasks with few rows from
 * over-fitting (probabilistic PCA, Tipping & Bishop 1999, with missing values).
 */
export function fitFactors(
  rows: FactorRows,
  { candidates, dim, seed }: { candidates: number; dim: number; seed: number },
  fit: FactorFit,
): FactorModel {
  const mean = plainMeans(rows, candidates);
  let model: FactorModel = { ...(fit.start ?? randomModel(candidates, dim, seed)), mean };
  for (let iteration = 0; iteration < fit.iterations; iteration++) {
    const sums = collectSums(rows, model);
    // Random loadings say nothing about content yet.
    const prior =
      iteration === 0 && !fit.start
        ? levelPrior(candidates, dim)
        : contentPrior(fit.content, sums.count, model.loadings, dim);
    model = maximise(model, sums, prior, fit.precision);
  }
  return model;
}

function randomModel(candidates: number, dim: number, seed: number): FactorModel {
  const random = createRandom(seed, 4);
  const loadings = levelPrior(candidates, dim).map((level, at) =>
    at % dim === 0 ? level : 0.1 * random.normal(),
  );
  return { dim, loadings, mean: new Float64Array(candidates), noise: 0.7 };
}

function plainMeans(rows: FactorRows, candidates: number): Float64Array {
  const [sum, count] = [new Float64Array(candidates), new Float64Array(candidates)];
  rows.candidate.forEach((candidate, at) => {
    sum[candidate]! += rows.value[at]!;
    count[candidate]!++;
  });
  return sum.map((total, candidate) => total / (count[candidate]! + MEAN_ROWS));
}

function levelPrior(candidates: number, dim: number): Float64Array {
  return new Float64Array(candidates * dim).map((_, at) =>
    at % dim === 0 ? Math.sqrt(LEVEL_VARIANCE) : 0,
  );
}

/** What the M step needs of each candidate; no task is kept. */
interface Sums {
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

function collectSums(rows: FactorRows, model: FactorModel): Sums {
  const { dim } = model;
  const candidates = model.mean.length;
  const sums: Sums = {
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

function triangleSize(dim: number): number {
  return (dim * (dim + 1)) / 2;
}

/** V_i V_iᵀ of every candidate, as triangles: most of the work, so it is done once an iteration. */
function outerProducts(loadings: Float64Array, dim: number): Float64Array {
  const candidates = loadings.length / dim;
  const products = new Float64Array(candidates * triangleSize(dim));
  for (let base = 0, at = 0; base < loadings.length; base += dim) {
    for (let row = 0; row < dim; row++) {
      for (let k = 0; k <= row; k++) products[at++] = loadings[base + row]! * loadings[base + k]!;
    }
  }
  return products;
}

/** Adds one run of numbers to another. The innermost loop: unrolled, it takes half the time. */
function addTriangle(
  into: Float64Array,
  to: number,
  from: Float64Array,
  start: number,
  length: number,
): void {
  let k = 0;
  for (; k + 3 < length; k += 4) {
    into[to + k]! += from[start + k]!;
    into[to + k + 1]! += from[start + k + 1]!;
    into[to + k + 2]! += from[start + k + 2]!;
    into[to + k + 3]! += from[start + k + 3]!;
  }
  for (; k < length; k++) into[to + k]! += from[start + k]!;
}

/** Writes a triangle into the lower half of a square matrix. */
function unpack(
  triangle: Float64Array,
  square: Float64Array,
  dim: number,
  map: (value: number) => number,
): void {
  for (let row = 0, at = 0; row < dim; row++) {
    for (let k = 0; k <= row; k++) square[row * dim + k] = map(triangle[at++]!);
  }
}

function packSecondMoment(inverse: Float64Array, mean: Float64Array, into: Float64Array): void {
  const dim = mean.length;
  for (let row = 0, at = 0; row < dim; row++) {
    for (let k = 0; k <= row; k++) into[at++] = inverse[row * dim + k]! + mean[row]! * mean[k]!;
  }
}

function addRow(sums: Sums, candidate: number, value: number, { mean, second }: Posterior): void {
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

function maximise(
  model: FactorModel,
  sums: Sums,
  prior: Float64Array,
  precision: number,
): FactorModel {
  const { dim } = model;
  const loadings = prior.slice();
  const mean = new Float64Array(model.mean.length);
  let squares = 0;
  for (let candidate = 0; candidate < mean.length; candidate++) {
    // Without rows a candidate keeps what its content says, and mean 0.
    if (sums.count[candidate] === 0) continue;
    squares += updateCandidate(candidate, { ...model, loadings, mean }, model, sums, precision);
  }
  const rows = sums.count.reduce((total, count) => total + count, 0);
  return { dim, loadings, mean, noise: squares / rows };
}

/**
 * Replaces the prior of one candidate in `next` by its new loadings, and sets its mean.
 * @returns its expected squared residuals
 */
function updateCandidate(
  candidate: number,
  next: FactorModel,
  { mean: before }: FactorModel,
  sums: Sums,
  precision: number,
): number {
  const { dim } = next;
  const own = next.loadings.subarray(candidate * dim, (candidate + 1) * dim);
  const prior = own.slice();
  const size = triangleSize(dim);
  const second = sums.second.subarray(candidate * size, (candidate + 1) * size);
  const factor = new Float64Array(dim * dim);
  unpack(second, factor, dim, (value) => value);
  for (let row = 0; row < dim; row++) factor[row * dim + row]! += precision;
  factorise(factor, dim);
  let level = before[candidate]!;
  // Loadings and mean depend on each other: two rounds are enough.
  for (let round = 0; round < 2; round++) {
    for (let k = 0; k < dim; k++)
      own[k] = centred(sums, candidate, k, dim, level) + precision * prior[k]!;
    solveFactorised(factor, dim, own);
    const explained = dot(own, sums.first.subarray(candidate * dim, (candidate + 1) * dim));
    level = (sums.value[candidate]! - explained) / (sums.count[candidate]! + MEAN_ROWS);
  }
  next.mean[candidate] = level;
  return squaredResiduals(sums, candidate, own, level, second);
}

/** Σ m_u (x − μ), one component. */
function centred(sums: Sums, candidate: number, k: number, dim: number, level: number): number {
  return sums.crossed[candidate * dim + k]! - level * sums.first[candidate * dim + k]!;
}

/** Σ (x − μ)² − 2 ⟨V, Σ m (x − μ)⟩ + Vᵀ Σ(C + m mᵀ) V. */
function squaredResiduals(
  sums: Sums,
  candidate: number,
  own: Float64Array,
  level: number,
  second: Float64Array,
): number {
  const dim = own.length;
  const count = sums.count[candidate]!;
  let total = sums.square[candidate]! - 2 * level * sums.value[candidate]! + count * level * level;
  for (let row = 0, at = 0; row < dim; row++) {
    total -= 2 * own[row]! * centred(sums, candidate, row, dim, level);
    for (let k = 0; k < row; k++) total += 2 * second[at++]! * own[row]! * own[k]!;
    total += second[at++]! * own[row]! ** 2;
  }
  return total;
}

function dot(left: Float64Array, right: Float64Array): number {
  return left.reduce((sum, value, at) => sum + value * right[at]!, 0);
}
