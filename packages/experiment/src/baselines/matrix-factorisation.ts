import { setImmediate } from 'node:timers/promises';
import { createRandom } from '@limaml/data';
import type { Baseline, BaselineInput, FittedBaseline } from './baseline.js';
import { chooseFitted, validationLoss } from './choose.js';
import { foldInBaseline, trainingGroups } from './fold-in.js';
import { fitCandidateRates } from './item-rate.js';
import type { LabelKind } from './label-kind.js';
import { createRefit, regroup, type Groups, type Refit, type Side } from './latent.js';

/** One point of the grid of {@link logisticFactorisation}. */
export interface FactorisationPoint {
  /** Width of the latent vectors. */
  readonly dim: number;
  /** Prior precision of the latent components of entities (their scale is free, so it is 1 up to a factor). */
  readonly entityPrecision: number;
  /** Prior precision of the latent components of candidates. */
  readonly candidatePrecision: number;
}

/** Options of {@link logisticFactorisation}. */
export interface FactorisationOptions {
  /** Points to choose from on the validation episodes. */
  readonly grid?: readonly FactorisationPoint[];
  /** Alternations at most; fitting stops when the validation loss has not fallen for two. Default 15. */
  readonly sweeps?: number;
}

/** A row of numbers weighs about as much as four of clicks. */
const DEFAULT_GRIDS: Readonly<Record<LabelKind, readonly FactorisationPoint[]>> = {
  clicks: [
    { dim: 8, entityPrecision: 1, candidatePrecision: 20 },
    { dim: 8, entityPrecision: 1, candidatePrecision: 40 },
  ],
  numbers: [
    { dim: 8, entityPrecision: 2, candidatePrecision: 80 },
    { dim: 8, entityPrecision: 2, candidatePrecision: 160 },
  ],
};

/**
 * Logistic matrix factorisation: `logit p = b_u + b_i + ⟨v_u, v_i⟩` with Gaussian priors, fitted to all
 * rows of the training tasks by alternating Newton steps; a new entity's bias and vector are fitted to
 * its support set (fold-in) by the same Newton method. Of numbers it is plain matrix factorisation, by alternating
 * least squares, and called so in results.
 *
 * @see Johnson 2014, "Logistic matrix factorization for implicit feedback data"
 */
export function logisticFactorisation(options: FactorisationOptions = {}): Baseline {
  const { grid, sweeps = 15 } = options;
  return {
    name: 'logistic MF',
    description: 'logistic matrix factorisation, the entity folded in by Newton on its support set',
    async fit(input) {
      const fits = [];
      for (const point of grid ?? DEFAULT_GRIDS[input.labels]) {
        fits.push(await fitPoint(input, point, sweeps));
      }
      const chosen = chooseFitted(fits, input);
      return input.labels === 'clicks' ? chosen : { ...chosen, name: 'matrix factorisation' };
    },
  };
}

/** Sweeps without a lower validation loss before fitting stops. */
const PATIENCE = 2;

async function fitPoint(
  input: BaselineInput,
  point: FactorisationPoint,
  sweeps: number,
): Promise<FittedBaseline> {
  const byEntity = trainingGroups(input);
  const byCandidate = regroup(byEntity, input.training.candidates);
  const entities = entitySide(input, point);
  const candidates = candidateSide(input, point);
  const refitEntity = createRefit(entities, candidates, input.labels);
  const refitCandidate = createRefit(candidates, entities, input.labels);
  let best = { loss: Infinity, values: candidates.values, sweep: 0 };
  for (let sweep = 1; sweep <= sweeps && sweep <= best.sweep + PATIENCE; sweep++) {
    // Lets an abort be heard: a sweep over a million rows takes a second.
    await setImmediate();
    input.signal?.throwIfAborted();
    refitSide(entities, byEntity, refitEntity);
    refitSide(candidates, byCandidate, refitCandidate);
    const loss = validationLoss(foldInBaseline(entities, candidates, input.labels, {}), input);
    if (loss < best.loss) best = { loss, values: candidates.values.slice(), sweep };
  }
  const chosen = { ...point, sweeps: best.sweep };
  return foldInBaseline(entities, { ...candidates, values: best.values }, input.labels, chosen);
}

/** Newton steps per vector and sweep: the other side moves anyway, so one is enough. */
const STEPS_PER_SWEEP = 1;

function refitSide(side: Side, groups: Groups, refit: Refit): void {
  for (let g = 0; g + 1 < groups.offsets.length; g++) {
    const weights = side.values.subarray(g * side.width, (g + 1) * side.width);
    refit(groups, groups.offsets[g]!, groups.offsets[g + 1]!, weights, STEPS_PER_SWEEP);
  }
}

function entitySide({ train }: BaselineInput, { dim, entityPrecision }: FactorisationPoint): Side {
  const width = dim + 1;
  return {
    values: new Float64Array(train.length * width),
    width,
    precision: new Float64Array(width).fill(entityPrecision).fill(BIAS_PRECISION, 0, 1),
    priorMean: new Float64Array(width),
  };
}

const BIAS_PRECISION = 1;

/** Starts at the smoothed rates and small random vectors: all zeros would be a saddle point. */
function candidateSide(
  input: BaselineInput,
  { dim, candidatePrecision }: FactorisationPoint,
): Side {
  const width = dim + 1;
  const { scores, mean } = fitCandidateRates(input, 10);
  const random = createRandom(input.seed, dim);
  const values = Float64Array.from({ length: scores.length * width }, (_, k) =>
    k % width === 0 ? scores[k / width]! : 0.2 * (random.uniform() - 0.5),
  );
  const precision = new Float64Array(width).fill(candidatePrecision).fill(BIAS_PRECISION, 0, 1);
  return { values, width, precision, priorMean: new Float64Array(width).fill(mean, 0, 1) };
}
