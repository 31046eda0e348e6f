import { type MetaObjective, type OuterInput, queryLoss } from './meta-objective.js';

/**
 * Conventional training: the query loss of the initial weights. The inner loop plays no part in it, and
 * adapts what was trained that way.
 */
export function jointObjective(outer: OuterInput): MetaObjective {
  const loss = queryLoss(outer, outer.theta);
  return { loss, surrogate: loss };
}
