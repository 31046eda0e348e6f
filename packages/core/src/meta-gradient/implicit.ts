import { add, grad, mul, stopGradient, sub, sum, type Tensor } from '@limaml/graph';
import { adaptedParameters } from '../algorithm/adapted-parameters.js';
import type { Algorithm } from '../algorithm/algorithm.js';
import type { FastWeights } from '../fast-weights/inner-step.js';
import {
  innerObjective,
  innerStates,
  metaParameters,
  supportRows,
  withFastWeights,
} from '../inner-loop/inner-loop.js';
import { mapValues } from '../map-values.js';
import { conjugateGradients } from './conjugate-gradients.js';
import { type MetaObjective, type OuterInput, queryLoss } from './meta-objective.js';

/**
 * iMAML: the inner loop is taken to end at a minimum φ of support loss + ½ λ ‖φ − θ‖², where by the implicit
 * function theorem, with H the Hessian of the support loss and ψ everything that is not adapted,
 *
 * $$\frac{dL}{d\theta} = \lambda u, \qquad
 *   \frac{dL}{d\psi} = \frac{\partial L}{\partial\psi} - u^\top \frac{\partial^2 L_{\text{support}}}{\partial\phi\,\partial\psi}, \qquad
 *   (H + \lambda I)\, u = \frac{\partial L_{\text{query}}}{\partial\phi}$$
 *
 * u comes from conjugate gradients, which need products with H only. The steps that led to φ are not
 * differentiated, so nothing of them is kept.
 */
export function implicitObjective(outer: OuterInput): MetaObjective {
  const { model, theta, input, algorithm, query } = outer;
  const names = adaptedParameters(model, algorithm);
  if (names.length === 0) return plainObjective(outer);
  const initial = metaParameters(theta, names);
  const last = innerStates(model, theta, { input }, algorithm).at(-1)!;
  const phi = mapValues(metaParameters(last, names), stopGradient);
  const loop = { algorithm, initial, supportRows: supportRows({ input }) };
  const objective = innerObjective(model, theta, { input }, loop)(phi, algorithm.innerSteps);
  const slopes = grad(objective, Object.values(phi));
  const loss = queryLoss({ ...outer, query }, withFastWeights(theta, phi));
  const u = solve(algorithm, phi, slopes, grad(loss, Object.values(phi)));
  const cross = inner(u, slopes);
  const pull = mul(algorithm.proximal, inner(u, Object.values(initial)));
  return { loss, surrogate: add(sub(loss, cross), pull) };
}

function plainObjective(outer: OuterInput): MetaObjective {
  const loss = queryLoss(outer, outer.theta);
  return { loss, surrogate: loss };
}

/** u of `(H + (λ + damping) I) u = target`, as constants. */
function solve(
  { proximal, implicit }: Algorithm,
  phi: FastWeights,
  slopes: readonly Tensor[],
  target: readonly Tensor[],
): readonly Tensor[] {
  const shift = proximal + implicit.damping;
  const product = (v: readonly Tensor[]): Tensor[] =>
    grad(inner(v.map(stopGradient), slopes), Object.values(phi)).map((hv, at) =>
      add(hv, mul(shift, v[at]!)),
    );
  return conjugateGradients(product, target, implicit.steps).map(stopGradient);
}

/** Inner product over all parameters and tasks; shapes broadcast. */
function inner(a: readonly Tensor[], b: readonly Tensor[]): Tensor {
  const parts = a.map((each, at) => sum(mul(each, b[at]!)));
  return parts.reduce((total, part) => add(total, part));
}
