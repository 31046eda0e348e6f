import { add, div, mul, stopGradient, sub, sum, type Tensor } from '@limaml/graph';
import { adaptedParameters } from '../algorithm/adapted-parameters.js';
import {
  innerStates,
  type InnerInput,
  metaParameters,
  withFastWeights,
} from '../inner-loop/inner-loop.js';
import { alignTasks } from '../layers/layer.js';
import { mapValues } from '../map-values.js';
import { taskShares } from '../task-weights.js';
import { masksOf, type MetaObjective, type OuterInput, queryLoss } from './meta-objective.js';

/**
 * Reptile: adapted parameters are drawn to where the inner loop took them,
 *
 * $$g_\theta = \frac1\alpha \sum_i w_i\, (\theta - \theta'_{i,K}), \qquad \sum_i w_i = 1$$
 *
 * with the weights $w_i$ of the tasks; for plain steps that is the sum of their gradients. Everything that is
 * not adapted gets the gradient of the query loss with θ′ as a constant. In training the inner loop learns from
 * support and query rows alike, since Reptile has no query set; the loss that is reported is therefore lower
 * than that of rows which the tasks have not seen.
 */
export function reptileObjective(outer: OuterInput): MetaObjective {
  const { model, theta, algorithm, input, query } = outer;
  const states = innerStates(model, theta, learnsFrom(outer), algorithm);
  const names = adaptedParameters(model, algorithm);
  const initial = metaParameters(theta, names);
  const adapted = mapValues(metaParameters(states.at(-1)!, names), stopGradient);
  const loss = queryLoss(outer, withFastWeights(theta, adapted));
  const shares = taskShares(algorithm, masksOf(input, query));
  const pulls = names.map((name) => {
    const pull = pullOf(initial[name]!, adapted[name]!, shares);
    return sum(mul(initial[name]!, stopGradient(div(pull, algorithm.innerLearningRate as number))));
  });
  return { loss, surrogate: pulls.reduce((total, pull) => add(total, pull), loss) };
}

/** Query rows count like support rows, with dropout only where the inner loop has it. */
function learnsFrom({ input, query, algorithm }: OuterInput): InnerInput {
  const { noise, ...plain } = query;
  return { input, further: algorithm.innerDropout && noise ? query : plain };
}

/** `Σ_i w_i (θ − θ′_i)`, of the shape of θ. Tasks without weight add nothing. */
function pullOf(initial: Tensor, adapted: Tensor, shares: Tensor): Tensor {
  const distance = sub(initial, adapted);
  const weighted = mul(alignTasks(shares, 0, distance.shape.length), distance);
  return sum(weighted, { axes: [0] });
}
