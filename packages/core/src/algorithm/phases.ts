import type { Algorithm } from './algorithm.js';

/**
 * The algorithm as it is in one epoch of training: of first order in the first `firstOrderEpochs`, and without
 * a multi-step loss once its annealing is over. Epochs that are alike get algorithms that make the same programs.
 *
 * @param epoch from 0
 *
 * @example
 * ```ts
 * const program = trainProgram(model, algorithmAt(mamlPlusPlus(), epoch));
 * ```
 */
export function algorithmAt(algorithm: Algorithm, epoch: number): Algorithm {
  const { firstOrderEpochs, stepLoss } = algorithm;
  const annealed = stepLoss !== null && 'anneal' in stepLoss && epoch >= stepLoss.anneal;
  return {
    ...algorithm,
    firstOrderEpochs: 0,
    ...(epoch < firstOrderEpochs && { order: 'first' as const }),
    ...(annealed && { stepLoss: null }),
  };
}

/**
 * Weights of the query losses after 1…K inner steps in one epoch, `[K]`: the input `step/weights` of
 * `trainProgram`. After n of N epochs of annealing
 *
 * $$v_k = \frac1K \Big(1 - \frac nN\Big) \quad (k < K), \qquad v_K = 1 - \sum_{k<K} v_k$$
 *
 * @param epoch from 0
 * @returns undefined where the multi-step loss is not annealed, or no more
 * @see Antoniou, Edwards & Storkey 2019, eq. (5); there the earlier weights end a little above 0
 */
export function annealedStepWeights(
  { stepLoss, innerSteps: K }: Algorithm,
  epoch: number,
): Float32Array | undefined {
  if (stepLoss === null || !('anneal' in stepLoss) || K === 0) return undefined;
  if (epoch >= stepLoss.anneal) return undefined;
  const earlier = (1 - epoch / stepLoss.anneal) / K;
  return Float32Array.from({ length: K }, (_, k) => (k < K - 1 ? earlier : 1 - (K - 1) * earlier));
}
