import { createRandom } from '../random.js';
import { factorise, solveFactorised } from './cholesky.js';
import { contentPrior } from './content-prior.js';
import type { ContentRows } from './content-prior.js';
import type { FactorModel, FactorRows } from './factor-model.js';
import { collectSums } from './factor-sums.js';
import type { FactorSums } from './factor-sums.js';
import { triangleSize, unpack } from './triangles.js';

/** How the model is fitted. */
export interface FactorFit {
  /** Model to go on from. Default: a random one, which takes more iterations. */
  readonly start?: FactorModel;
  readonly iterations: number;
  /** Precision ι of the prior on loadings: how strongly they are drawn to what content says. */
  readonly precision: number;
  readonly content: ContentRows;
  /** Whether means are drawn to what content says, too, and not to 0. */
  readonly contentMeans: boolean;
}

/** Pseudo-rows of a candidate's mean. */
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
 * with P the content prior; with content means the numerator of μ_i has 5 rows of what content says. Marginalising over w_u is what keeps tasks with few rows from
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
    const means = fit.contentMeans
      ? contentPrior(fit.content, sums.count, model.mean, 1)
      : new Float64Array(candidates);
    model = maximise(model, sums, { loadings: prior, mean: means }, fit.precision);
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

function maximise(
  model: FactorModel,
  sums: FactorSums,
  prior: Pick<FactorModel, 'loadings' | 'mean'>,
  precision: number,
): FactorModel {
  const { dim } = model;
  const loadings = prior.loadings.slice();
  const mean = prior.mean.slice();
  let squares = 0;
  for (let candidate = 0; candidate < mean.length; candidate++) {
    // Without rows a candidate keeps its prior.
    if (sums.count[candidate] === 0) continue;
    squares += updateCandidate(candidate, { ...model, loadings, mean }, model, sums, precision);
  }
  const rows = sums.count.reduce((total, count) => total + count, 0);
  return { dim, loadings, mean, noise: squares / rows };
}

/**
 * Replaces the prior of one candidate in `next` by its new loadings and its new mean.
 * @returns its expected squared residuals
 */
function updateCandidate(
  candidate: number,
  next: FactorModel,
  { mean: before }: FactorModel,
  sums: FactorSums,
  precision: number,
): number {
  const { dim } = next;
  const own = next.loadings.subarray(candidate * dim, (candidate + 1) * dim);
  const prior = own.slice();
  const drawnTo = MEAN_ROWS * next.mean[candidate]!;
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
    level = (sums.value[candidate]! - explained + drawnTo) / (sums.count[candidate]! + MEAN_ROWS);
  }
  next.mean[candidate] = level;
  return squaredResiduals(sums, candidate, own, level, second);
}

/** Σ m_u (x − μ), one component. */
function centred(
  sums: FactorSums,
  candidate: number,
  k: number,
  dim: number,
  level: number,
): number {
  return sums.crossed[candidate * dim + k]! - level * sums.first[candidate * dim + k]!;
}

/** Σ (x − μ)² − 2 ⟨V, Σ m (x − μ)⟩ + Vᵀ Σ(C + m mᵀ) V. */
function squaredResiduals(
  sums: FactorSums,
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
