import {
  add,
  addDims,
  broadcastTo,
  type Dim,
  grad,
  matMul,
  mul,
  type Operand,
  stopGradient,
  sub,
  sum,
  type Tensor,
  topologicalOrder,
} from '@limaml/graph';
import type { Algorithm } from '../algorithm/algorithm.js';
import { hasPlainSteps } from '../algorithm/conflicts.js';
import { isLowRankCheaper } from './cost-rule.js';
import { mapValues } from '../map-values.js';
import {
  type DenseUse,
  type InitialBias,
  lowRankOf,
  lowRankTensor,
  type LowRankTerm,
  LowRankWeights,
} from './low-rank-weights.js';

/** Adapted parameters by name, `[T, …]` each. */
export type FastWeights = Readonly<Record<string, Tensor>>;

/** What the steps of one inner loop share. */
export interface InnerLoop {
  readonly algorithm: Algorithm;
  /** Initial values of the adapted parameters, by name. */
  readonly initial: Readonly<Record<string, Tensor>>;
  /** Learned inner rates, by name; empty when the rate is fixed. */
  readonly rates: Readonly<Record<string, Tensor>>;
  /** The number of tasks T. */
  readonly tasks: Dim;
  /** Real rows that each task learns from, `[T]`. */
  readonly supportRows: Tensor;
}

/** Every task's copy of the initial weights. */
export function startWeights(loop: InnerLoop): FastWeights {
  return mapValues(loop.initial, (value, name) => {
    const { tasks } = loop;
    return mayBeLowRank(loop, name)
      ? lowRankTensor(new LowRankWeights({ value, rate: rateOf(loop, name), tasks }))
      : broadcastTo(value, [tasks, ...value.shape]);
  });
}

/** One plain gradient step of all tasks: θ′ ← θ′ − α ∇L. */
export function innerStep(loop: InnerLoop, fast: FastWeights, loss: Tensor): FastWeights {
  const gradients = stepGradients(loop, fast, loss);
  const pass = { loop, fast, tensors: topologicalOrder([loss]) };
  return mapValues(fast, (weights, name) => {
    const lowRank = lowRankOf(weights);
    if (lowRank && staysLowRank(pass, weights, lowRank)) {
      return lowRankTensor(lowRank.after(gradients.terms[name]!, biasOf(pass, lowRank)));
    }
    return sub(weights, mul(rateOf(loop, name), materialisedGradient(name, fast, gradients)));
  });
}

/** Gradients of the support loss, in parts. */
interface StepGradients {
  /** With respect to each fast weight, but for what a low-rank form did in its place. */
  readonly direct: FastWeights;
  /** What each low-rank form did, by name of the kernel; empty for the others. */
  readonly terms: Readonly<Record<string, readonly LowRankTerm[]>>;
}

function stepGradients({ algorithm }: InnerLoop, fast: FastWeights, loss: Tensor): StepGradients {
  const constant = algorithm.order === 'first' ? stopGradient : (tensor: Tensor) => tensor;
  const outputs = Object.values(fast).flatMap((weights) => usesOf(weights).map(({ y }) => y));
  const wrt = [...Object.values(fast), ...outputs];
  const gradients = new Map(grad(loss, wrt).map((each, i) => [wrt[i]!, constant(each)]));
  return {
    direct: mapValues(fast, (weights) => gradients.get(weights)!),
    terms: mapValues(fast, (weights) =>
      usesOf(weights).map(({ rows, y }) => ({ rows: constant(rows), delta: gradients.get(y)! })),
    ),
  };
}

function usesOf(weights: Tensor): readonly DenseUse[] {
  return lowRankOf(weights)?.uses ?? [];
}

/** The whole gradient of one fast weight, `[T, …]`. */
function materialisedGradient(
  name: string,
  fast: FastWeights,
  { direct, terms }: StepGradients,
): Tensor {
  const ofKernel = terms[name]!.map(({ rows, delta }) => matMul(rows, delta, { transposeA: true }));
  const ofBias = Object.entries(terms).flatMap(([kernel, made]) =>
    lowRankOf(fast[kernel]!)?.bias?.name === name
      ? made.map(({ delta }) => sum(delta, { axes: [1] }))
      : [],
  );
  return [...ofKernel, ...ofBias].reduce((total, part) => add(total, part), direct[name]!);
}

/** One pass over the support set. */
interface SupportPass {
  readonly loop: InnerLoop;
  readonly fast: FastWeights;
  /** Everything the support loss was computed from. */
  readonly tensors: readonly Tensor[];
}

/** Dense layers alone know the low-rank form: what something else reads too is materialised anyway. */
function staysLowRank(pass: SupportPass, weights: Tensor, { uses }: LowRankWeights): boolean {
  if (uses.length === 0 || pass.tensors.includes(weights)) return false;
  const { fastWeights, innerSteps } = pass.loop.algorithm;
  if (fastWeights === 'low-rank') return true;
  const [, inputs, outputs] = weights.shape as readonly [Dim, number, number];
  return isLowRankCheaper({
    rows: addDims(...uses.map(({ rows }) => rows.shape[1]!)),
    ...{ inputs, outputs, steps: innerSteps },
    fixedInput: !uses.some(({ rows }) => dependsOnFastWeights(rows, pass.fast)),
  });
}

function dependsOnFastWeights(tensor: Tensor, fast: FastWeights): boolean {
  const weights = Object.values(fast);
  const adapted = new Set([
    ...weights,
    ...weights.flatMap((each) => usesOf(each).map(({ y }) => y)),
  ]);
  return topologicalOrder([tensor]).some((each) => adapted.has(each));
}

/** The bias that moves together with a kernel: one that only this layer adds, with one number as its rate. */
function biasOf(
  { loop, fast, tensors }: SupportPass,
  { bias, uses }: LowRankWeights,
): InitialBias | undefined {
  if (bias) return bias;
  const added = uses[0]!.bias;
  const name = Object.keys(fast).find((each) => fast[each] === added);
  if (name === undefined || !isScalar(rateOf(loop, name))) return undefined;
  const readers = tensors.filter(({ inputs }) => inputs.includes(added!)).length;
  const alone = readers === uses.length && uses.every((use) => use.bias === added);
  return alone ? { name, value: loop.initial[name]!, rate: rateOf(loop, name) } : undefined;
}

/** A rate per element does not factor out of `Xᵀ Δ`. */
function mayBeLowRank(loop: InnerLoop, name: string): boolean {
  const { algorithm, initial } = loop;
  if (algorithm.fastWeights === 'materialised' || !hasPlainSteps(algorithm)) return false;
  return initial[name]!.shape.length === 2 && isScalar(rateOf(loop, name));
}

function rateOf({ algorithm, rates }: InnerLoop, name: string): Operand {
  const { innerLearningRate: rate } = algorithm;
  return typeof rate === 'number' ? rate : rates[name]!;
}

function isScalar(rate: Operand): boolean {
  return typeof rate === 'number' || rate.shape.length === 0;
}
