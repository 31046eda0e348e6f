import type { Likelihood } from './label-kind.js';

/** A penalised regression, logistic or linear: `rows` rows of `width` features, a fixed offset per row. */
export interface RegressionProblem {
  readonly likelihood: Likelihood;
  readonly rows: number;
  readonly width: number;
  /** Row-major [rows, width]. */
  readonly design: Float64Array;
  readonly offset: Float64Array;
  readonly label: Float64Array;
  /** Precision λ of the Gaussian prior of each weight; all > 0, so the minimum is unique. */
  readonly precision: Float64Array;
  /** Mean of that prior. */
  readonly priorMean: Float64Array;
}

/** Scratch space for {@link newtonFit}, for problems of one width. */
export interface NewtonScratch {
  readonly hessian: Float64Array;
  readonly step: Float64Array;
}

export function newtonScratch(width: number): NewtonScratch {
  return { hessian: new Float64Array(width * width), step: new Float64Array(width) };
}

/** Steps halved at most this often when Newton overshoots. */
const MAX_HALVINGS = 5;

/**
 * Minimises `Σ loss + ½ Σ λ_j (w_j − m_j)²` by Newton's method from the weights given, in place.
 *
 * $$w \leftarrow w - (X^\top D X + \Lambda)^{-1} \left(X^\top (p - y) + \Lambda (w - m)\right)$$
 */
export function newtonFit(
  problem: RegressionProblem,
  weights: Float64Array,
  iterations: number,
  scratch: NewtonScratch,
): void {
  let loss = penalisedLoss(problem, weights);
  for (let iteration = 0; iteration < iterations; iteration++) {
    accumulate(problem, weights, scratch);
    solveCholesky(scratch.hessian, scratch.step, problem.width);
    const before = loss;
    loss = descend(problem, weights, scratch.step, before);
    if (before - loss < 1e-7 * (1 + Math.abs(before))) return;
  }
}

/** Subtracts the step, halving it while it does not lower the loss. Returns the new loss. */
function descend(
  problem: RegressionProblem,
  weights: Float64Array,
  step: Float64Array,
  before: number,
): number {
  let taken = 0;
  for (let halving = 0; halving <= MAX_HALVINGS; halving++) {
    const share = 2 ** -halving;
    for (let j = 0; j < weights.length; j++) weights[j]! += (taken - share) * step[j]!;
    taken = share;
    const after = penalisedLoss(problem, weights);
    if (after <= before) return after;
  }
  for (let j = 0; j < weights.length; j++) weights[j]! += taken * step[j]!;
  return before;
}

function penalisedLoss(problem: RegressionProblem, weights: Float64Array): number {
  let loss = 0;
  for (let row = 0; row < problem.rows; row++) {
    const z = linear(problem, weights, row);
    loss += problem.likelihood.loss(z, problem.label[row]!);
  }
  for (let j = 0; j < problem.width; j++) {
    loss += 0.5 * problem.precision[j]! * (weights[j]! - problem.priorMean[j]!) ** 2;
  }
  return loss;
}

/** Fills the lower triangle of the Hessian and the gradient (into `step`). */
function accumulate(
  problem: RegressionProblem,
  weights: Float64Array,
  { hessian, step }: NewtonScratch,
): void {
  const { width, design, likelihood } = problem;
  hessian.fill(0);
  for (let j = 0; j < width; j++) {
    hessian[j * width + j] = problem.precision[j]!;
    step[j] = problem.precision[j]! * (weights[j]! - problem.priorMean[j]!);
  }
  for (let row = 0; row < problem.rows; row++) {
    const p = likelihood.mean(linear(problem, weights, row));
    const residual = p - problem.label[row]!;
    const curvature = likelihood.curvature(p);
    const base = row * width;
    for (let j = 0; j < width; j++) {
      const x = design[base + j]!;
      step[j]! += residual * x;
      const scaled = curvature * x;
      for (let k = 0; k <= j; k++) hessian[j * width + k]! += scaled * design[base + k]!;
    }
  }
}

function linear(problem: RegressionProblem, weights: Float64Array, row: number): number {
  let z = problem.offset[row]!;
  const base = row * problem.width;
  for (let j = 0; j < problem.width; j++) z += problem.design[base + j]! * weights[j]!;
  return z;
}

/** Solves A x = b in place (b becomes x) for symmetric positive definite A given by its lower triangle. */
export function solveCholesky(a: Float64Array, b: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) {
      const factor = a[j * n + k]!;
      for (let i = j; i < n; i++) a[i * n + j]! -= a[i * n + k]! * factor;
    }
    const pivot = Math.sqrt(a[j * n + j]!);
    for (let i = j; i < n; i++) a[i * n + j]! /= pivot;
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i]! -= a[i * n + k]! * b[k]!;
    b[i]! /= a[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i]! -= a[k * n + i]! * b[k]!;
    b[i]! /= a[i * n + i]!;
  }
}
