import { type Model, scoreProgram } from '@limaml/core';
import type { Program } from '@limaml/graph';
import { towersMissing } from '../errors.js';
import type { Towers } from '../global-blocks/two-tower-block.js';

/** A model whose global block is two towers. */
export interface TwoTowerModel extends Model {
  readonly towers: Towers;
}

/**
 * Vectors of candidates, to be searched by {@link topK}.
 *
 * ```text
 * row features [T, N, …] ── candidate tower ── vectors [T, N, W]
 * ```
 *
 * Inputs: parameters, tables and row features as in `scoreProgram`, but for those that only the member's tower
 * reads. Outputs: `vectors`. Candidates belong to nobody, so T is 1 as a rule.
 *
 * @param model made with `global: 'two-tower'`
 * @throws LIMAML_ERR_MODELS_TOWERS_MISSING for another model
 * @see Covington et al. 2016, section 3.4
 * @example
 * ```ts
 * const program = candidateTowerProgram(model);
 * ```
 */
export function candidateTowerProgram(model: Model): Program {
  const { towers } = twoTowers(model);
  const score: Model['score'] = (params, { rows, tables }) =>
    towers.candidate(params, rows, tables);
  return vectorsOf({ ...model, score });
}

/**
 * Vectors of members, to search candidates with.
 *
 * ```text
 * embedding [T, D], request features [T, N, …] ── member tower ── vectors [T, 1 or N, W]
 * ```
 *
 * Inputs: parameters, tables, `embedding` and the row features that the option `requestFeatures` names, one row
 * per request; without any there is one vector per member. Outputs: `vectors`.
 *
 * @param model made with `global: 'two-tower'`
 * @throws LIMAML_ERR_MODELS_TOWERS_MISSING for another model
 * @see Covington et al. 2016, section 3.4
 * @example
 * ```ts
 * const program = memberTowerProgram(model);
 * ```
 */
export function memberTowerProgram(model: Model): Program {
  const { towers } = twoTowers(model);
  const score: Model['score'] = (params, { embedding, rows, tables }) =>
    towers.member(params, embedding, rows, tables);
  return vectorsOf({ ...model, score });
}

/** The scoring program knows all inputs; here its "logits" are vectors. */
function vectorsOf(model: Model): Program {
  const { inputs, outputs } = scoreProgram(model);
  return { inputs, outputs: { vectors: outputs.logits! } };
}

function twoTowers(model: Model): TwoTowerModel {
  if (!('towers' in model)) throw towersMissing(model.name);
  return model as TwoTowerModel;
}
