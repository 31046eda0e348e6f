import { algorithmConflict } from '../errors.js';
import type { Algorithm } from './algorithm.js';

/** Options that do not go together. */
interface Conflict {
  readonly found: (algorithm: Algorithm) => boolean;
  /** What is combined, and why that makes no sense. */
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

const isUnrolled = ({ metaGradient }: Algorithm): boolean => metaGradient === 'unrolled';
const isLearned = ({ innerLearningRate }: Algorithm): boolean =>
  typeof innerLearningRate !== 'number';

const CONFLICTS: readonly Conflict[] = [
  {
    found: (algorithm) => isLearned(algorithm) && !isUnrolled(algorithm),
    what: 'learned inner rates with a meta-gradient that is not unrolled',
    why: 'only unrolled inner steps give a rate a gradient; here it would never move',
    fix: "Give `innerLearningRate` a number, or set `metaGradient: 'unrolled'`",
  },
  {
    found: ({ metaGradient, proximal }) => metaGradient === 'implicit' && proximal === 0,
    what: "metaGradient 'implicit' with `proximal: 0`",
    why: 'the implicit gradient exists at the minimum of support loss + ½ λ ‖θ′ − θ‖², which does not depend on θ without λ',
    fix: 'Set `proximal` above 0, e.g. 1',
  },
  {
    found: (algorithm) => algorithm.order === 'second' && !isUnrolled(algorithm),
    what: "order 'second' with a meta-gradient that is not unrolled",
    why: 'nothing is differentiated through the inner steps',
    fix: "Leave `order` out, or set `metaGradient: 'unrolled'`",
  },
  {
    found: (algorithm) => algorithm.stepLoss !== null && !isUnrolled(algorithm),
    what: 'a multi-step loss with a meta-gradient that is not unrolled',
    why: 'only unrolled inner steps have a gradient after each of them',
    fix: "Leave `stepLoss` out, or set `metaGradient: 'unrolled'`",
  },
  {
    found: ({ stepLoss, innerSteps }) => isList(stepLoss) && stepLoss.length !== innerSteps + 1,
    what: 'a `stepLoss` of another length than `innerSteps` + 1',
    why: 'it has one weight for the initial weights and one for each inner step',
    fix: 'List innerSteps + 1 weights',
  },
  {
    found: ({ stepLoss }) => isList(stepLoss) && Math.abs(sumOf(stepLoss) - 1) > 1e-6,
    what: 'a `stepLoss` that does not sum to 1',
    why: 'the loss would change its scale with the weights',
    fix: 'Divide the weights by their sum',
  },
  {
    found: ({ firstOrderEpochs, order }) => firstOrderEpochs > 0 && order === 'first',
    what: "`firstOrderEpochs` with order 'first'",
    why: 'all epochs are of first order anyway',
    fix: "Leave `firstOrderEpochs` out, or set `order: 'second'`",
  },
  {
    found: ({ metaGradient, innerDropout }) => metaGradient === 'joint' && innerDropout,
    what: "`innerDropout` with metaGradient 'joint'",
    why: 'training has no inner loop then',
    fix: 'Leave `innerDropout` out',
  },
  {
    found: ({ metaGradient, innerLearningRate }) =>
      metaGradient === 'reptile' && innerLearningRate === 0,
    what: "metaGradient 'reptile' with `innerLearningRate: 0`",
    why: 'its gradient is the distance that the inner loop went, divided by the rate',
    fix: 'Set `innerLearningRate` above 0',
  },
  {
    found: ({ metaGradient, hooks }) => metaGradient === 'implicit' && !!hooks?.innerGradient,
    what: "the hook innerGradient with metaGradient 'implicit'",
    why: 'the inner loop would end elsewhere than at the minimum that the implicit gradient is for',
    fix: 'Change the objective with the hook supportLoss instead',
  },
  {
    found: ({ taskWeighting, hooks }) => taskWeighting === 'uniform' && !!hooks?.taskWeights,
    what: "the hook taskWeights with taskWeighting 'uniform'",
    why: 'both say how much a task counts',
    fix: 'Leave one of them out',
  },
  {
    found: (algorithm) => algorithm.fastWeights === 'low-rank' && !hasPlainSteps(algorithm),
    what: "fastWeights 'low-rank' with a proximal term, an inner optimiser, clipping, the hook innerGradient or rates per step",
    why: 'the low-rank form holds steps that are one rate times the gradient',
    fix: "Set `fastWeights: 'auto'`",
  },
];

/**
 * Refuses options that do not go together.
 *
 * @throws LIMAML_ERR_CORE_ALGORITHM_CONFLICT that says why
 */
export function refuseConflicts(algorithm: Algorithm): void {
  const conflict = CONFLICTS.find(({ found }) => found(algorithm));
  if (conflict) throw algorithmConflict(algorithm.name, conflict);
}

/** Whether an inner step is θ′ ← θ′ − α g with one rate for all steps, and nothing else. */
export function hasPlainSteps(algorithm: Algorithm): boolean {
  const { innerOptimiser, proximal, innerClipNorm, hooks, innerLearningRate: rate } = algorithm;
  return (
    innerOptimiser.kind === 'sgd' &&
    proximal === 0 &&
    innerClipNorm === null &&
    hooks?.innerGradient === undefined &&
    (typeof rate === 'number' || rate.per !== 'parameter-step')
  );
}

function isList(stepLoss: Algorithm['stepLoss']): stepLoss is readonly number[] {
  return Array.isArray(stepLoss);
}

function sumOf(weights: readonly number[]): number {
  return weights.reduce((total, weight) => total + weight, 0);
}
