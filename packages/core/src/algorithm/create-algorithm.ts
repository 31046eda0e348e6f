import { optionInvalid } from '../errors.js';
import { requireInRange } from '../host/optimizer.js';
import type { Algorithm } from './algorithm.js';
import { refuseConflicts } from './conflicts.js';

/** What `maml` uses where it is told nothing. */
export const DEFAULT_ALGORITHM: Algorithm = {
  name: 'maml',
  metaGradient: 'unrolled',
  innerSteps: 1,
  innerLearningRate: 0.1,
  innerOptimiser: { kind: 'sgd' },
  order: 'second',
  firstOrderEpochs: 0,
  adapts: 'all',
  loss: 'binary-cross-entropy',
  supportShrinkage: 0,
  proximal: 0,
  innerClipNorm: null,
  innerDropout: false,
  stepLoss: null,
  taskWeighting: 'size',
  implicit: { steps: 5, damping: 0 },
  fastWeights: 'auto',
};

/**
 * Fills in what options and preset leave open, and checks the whole.
 *
 * @throws LIMAML_ERR_CORE_OPTION_INVALID when an option is out of range
 * @throws LIMAML_ERR_CORE_ALGORITHM_CONFLICT when options do not go together
 */
export function createAlgorithm(
  preset: Partial<Algorithm>,
  options: Partial<Algorithm>,
): Algorithm {
  const chosen = { ...preset, ...options };
  const { metaGradient = 'unrolled' } = chosen;
  // Only unrolled steps are differentiated, so only they have a second order.
  const order = metaGradient === 'unrolled' ? 'second' : 'first';
  const algorithm = { ...DEFAULT_ALGORITHM, order, ...chosen } as const;
  checkInnerLoop(algorithm);
  checkInnerOptimiser(algorithm);
  checkOuterLoop(algorithm);
  refuseConflicts(algorithm);
  return algorithm;
}

function checkInnerLoop(algorithm: Algorithm): void {
  const { innerSteps, innerLearningRate: rate, innerClipNorm } = algorithm;
  requireWhole('innerSteps', innerSteps, 0);
  requireInRange('innerLearningRate', typeof rate === 'number' ? rate : rate.initial, 0, Infinity);
  requireInRange('supportShrinkage', algorithm.supportShrinkage, 0, Infinity);
  requireInRange('proximal', algorithm.proximal, 0, Infinity);
  if (innerClipNorm !== null) requirePositive('innerClipNorm', innerClipNorm);
}

function checkInnerOptimiser({ innerOptimiser }: Algorithm): void {
  if (innerOptimiser.kind === 'momentum')
    requireInRange('innerOptimiser.beta', innerOptimiser.beta, 0, 1);
  if (innerOptimiser.kind !== 'adam') return;
  requireInRange('innerOptimiser.beta1', innerOptimiser.beta1, 0, 1);
  requireInRange('innerOptimiser.beta2', innerOptimiser.beta2, 0, 1);
  requirePositive('innerOptimiser.epsilon', innerOptimiser.epsilon);
}

function checkOuterLoop({ firstOrderEpochs, implicit, stepLoss }: Algorithm): void {
  requireWhole('firstOrderEpochs', firstOrderEpochs, 0);
  requireWhole('implicit.steps', implicit.steps, 1);
  requireInRange('implicit.damping', implicit.damping, 0, Infinity);
  if (stepLoss === null) return;
  if ('anneal' in stepLoss) requireWhole('stepLoss.anneal', stepLoss.anneal, 1);
  else stepLoss.forEach((weight, step) => requireInRange(`stepLoss.${step}`, weight, 0, Infinity));
}

function requireWhole(option: string, value: number, min: number): void {
  if (Number.isInteger(value) && value >= min) return;
  throw optionInvalid(option, value, `a whole number, ${min} or more`);
}

function requirePositive(option: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw optionInvalid(option, value, 'a number above 0');
}
