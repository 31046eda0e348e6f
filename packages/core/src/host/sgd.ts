import { type ParameterValues, zerosLike } from '../parameters.js';
import {
  gradientOf,
  type Optimizer,
  type OptimizerOptions,
  requireInRange,
  ruleOf,
} from './optimizer.js';

/** Options of {@link sgd}. */
export interface SgdOptions extends OptimizerOptions {
  /** μ in [0, 1). Default 0: plain gradient descent. */
  readonly momentum?: number;
}

/**
 * Stochastic gradient descent with (heavy-ball) momentum, in place.
 *
 * $$u \leftarrow \mu u + g + \lambda_2 \theta, \qquad \theta \leftarrow \theta - \beta\,(u + \lambda \theta)$$
 *
 * @param parameters changed in place by every step
 * @throws LIMAML_ERR_CORE_OPTION_INVALID when an option is out of range
 * @see Polyak 1964; Sutskever et al. 2013, eq. (1)–(2)
 *
 * @example
 * ```ts
 * const optimizer = sgd(parameters, { learningRate: 0.1, momentum: 0.9 });
 * optimizer.step(gradients);
 * ```
 */
export function sgd(parameters: ParameterValues, options: SgdOptions): Optimizer {
  const momentum = requireInRange('momentum', options.momentum ?? 0, 0, 1);
  const velocity = zerosLike(parameters);
  const rules = Object.entries(parameters).map(([name, { data }]) => ({
    name,
    theta: data,
    u: velocity[name]!.data,
    ...ruleOf(options, name),
  }));
  return {
    state: velocity,
    step(gradients, scale = 1) {
      for (const { name, theta, u, learningRate, l2, weightDecay } of rules) {
        const gradient = gradientOf(gradients, name, theta.length);
        const rate = learningRate * scale;
        for (let i = 0; i < theta.length; i++) {
          u[i] = momentum * u[i]! + gradient[i]! + l2 * theta[i]!;
          theta[i]! -= rate * (u[i]! + weightDecay * theta[i]!);
        }
      }
    },
  };
}
