import { branch } from '@limaml/core';
import { concat, expandDims, ones } from '@limaml/graph';
import type { BlockParts } from '../block-parts.js';
import { candidateBias } from '../parts/candidate-bias.js';
import { logisticFoldIn } from '../parts/logistic-fold-in.js';
import { type MetaBlock, offsetSpec, taskOffset } from './meta-block.js';

/**
 * The support set folded into the candidates' vectors by logistic regression: the personal half of a logistic
 * matrix factorisation. What the inner loop may move besides is the prior's mean.
 *
 * ```text
 * [ 1 ; v ] [T, S, D], b_c, labels [T, S] ── Newton steps from offset [D] ── e = [ bias ; u ] [T, D]
 * ```
 *
 * `2 D + 1` parameters: `offset`, `solver/precision`, `bias/rate` (where the schema has a candidate's rate); D
 * with `foldInSteps: 0`, where e is the offset.
 *
 * @see Hu, Koren & Volinsky 2008, eq. (4), for solving for one side; Johnson 2014 for its logistic form
 * @example
 * ```ts
 * const block = logisticBlock(parts);
 * const e = block.apply(params, input);
 * ```
 */
export function logisticBlock({ model, schema, options, dim, candidate }: BlockParts): MetaBlock {
  const steps = options.foldInSteps;
  const solver = logisticFoldIn(dim, steps);
  const own = candidateBias(model, schema, options.wholeTableLimit);
  const offset = offsetSpec(dim);
  const isSolved = steps > 0;
  return {
    params: isSolved ? { offset, solver: solver.params, bias: own.params } : { offset },
    head: ['offset'],
    tables: isSolved ? { ...candidate.tables, ...own.tables } : {},
    inputs: {
      ...{ entity: {}, outcomes: {} },
      rows: isSolved ? { ...candidate.inputs, ...own.inputs } : {},
    },
    apply(params, input) {
      const prior = taskOffset(params, input, dim);
      if (!isSolved) return prior;
      const { rows, label, mask } = input.support;
      const vectors = concat(
        [expandDims(ones(mask.shape), -1), candidate.apply(rows, input.tables)],
        -1,
      );
      const start = own.apply(branch(params, 'bias'), rows, input.tables);
      return solver.apply(branch(params, 'solver'), { vectors, offset: start, label, mask, prior });
    },
  };
}
