import { add, mul, type Operand, reshape, slice, type Tensor } from '@limaml/graph';
import type { Algorithm } from '../algorithm/algorithm.js';
import { innerStates } from '../inner-loop/inner-loop.js';
import { type MetaObjective, type OuterInput, queryLoss } from './meta-objective.js';

/**
 * The query loss after the inner loop, differentiated through its steps; with a multi-step loss
 *
 * $$L = \sum_{k=0}^{K} v_k\, L_{\text{query}}(\theta'_k)$$
 */
export function unrolledObjective(outer: OuterInput): MetaObjective {
  const { model, theta, input, algorithm, rates, stepWeights } = outer;
  const states = innerStates(model, theta, { input }, algorithm, rates);
  const loss = weightsOf(algorithm, stepWeights)
    .map((weight, step) => ({ weight, state: states[step]! }))
    .filter(({ weight }) => weight !== 0)
    .map(({ weight, state }) => scaled(weight, queryLoss(outer, state)))
    .reduce((total, part) => add(total, part));
  return { loss, surrogate: loss };
}

/** Weights of the states 0…K. A weight of 0 costs nothing. */
function weightsOf({ stepLoss, innerSteps: K }: Algorithm, annealed?: Tensor): Operand[] {
  const steps = Array.from({ length: K }, (_, step) => step);
  if (stepLoss === null || (K === 0 && 'anneal' in stepLoss)) return [...steps.map(() => 0), 1];
  if (!('anneal' in stepLoss)) return [...stepLoss];
  return [0, ...steps.map((at) => (annealed ? scalarAt(annealed, at) : 1 / K))];
}

function scalarAt(vector: Tensor, at: number): Tensor {
  return reshape(slice(vector, 0, at, at + 1), []);
}

function scaled(weight: Operand, loss: Tensor): Tensor {
  return weight === 1 ? loss : mul(weight, loss);
}
